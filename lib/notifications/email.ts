import type { NotificationType } from "@/db/enums";
import type { NotificationData } from "@/db/schema";
import type { Mail } from "@/lib/email/deliver";
import { bulletList, escapeHtml, htmlMessage, link, paragraph } from "@/lib/email/html";
import { oneLine } from "@/lib/email/one-line";
import { count } from "@/lib/format";
import { words } from "./email-words";

export type EmailBatch = {
  type: NotificationType;
  owner: { id: string; name: string; groupId: string | null; organizationId: string };
  /** The messages that the e-mail lists. A token that is deleted has no page. */
  messages: readonly { data: NotificationData; isDeleted: boolean }[];
  /** How many messages the batch has. */
  amount: number;
};

const look =
  "font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#1b1f24;max-width:40em;overflow-wrap:anywhere";

type Addressed = { origin: string; to: string; messageId: string };

/** An e-mail about a batch of messages, for one admin. */
export function emailAbout({ type, owner, messages, amount }: EmailBatch, { origin, to, messageId }: Addressed): Mail {
  const { subject, consequence, detail } = words[type];
  const kind = owner.groupId ? "group" : "organization";
  const name = oneLine(owner.name);
  const path = `${origin}/${kind}s/${owner.id}`;
  const settings = `${path}/settings`;
  const lead = `${subject({ owner: name, amount, days: messages[0]?.data.days })}.`;
  const lines = messages.map(({ data, isDeleted }) => ({
    name: oneLine(data.access_token.name),
    detail: `${oneLine(detail(data))}${isDeleted ? " (the token is deleted)" : ""}`,
    url: isDeleted ? undefined : `${path}/access-tokens/${data.access_token.id}`,
  }));
  const others = amount - messages.length;
  const rest = others > 0 ? `and ${count(others, "other")}: ${path}/access-tokens` : "";
  const why = `You get this e-mail because you are an admin of the ${kind} ${name}.`;
  const off = `To turn these e-mails off for all of its admins, open its settings, section “Notifications”:`;
  return {
    to,
    subject: lead.slice(0, -1),
    text: [
      lead,
      [
        ...lines.map(({ name, detail, url }) => `- ${name}: ${detail}${url ? `\n  ${url}` : ""}`),
        ...(rest ? [`- ${rest}`] : []),
      ].join("\n"),
      consequence,
      `${why} ${off}\n${settings}\n`,
    ].join("\n\n"),
    html: htmlMessage([
      `<div style="${look}">`,
      `<p style="font-size:17px;font-weight:600">${escapeHtml(lead)}</p>`,
      bulletList([
        ...lines.map(({ name, detail, url }) => `${url ? link(url, name) : escapeHtml(name)}: ${escapeHtml(detail)}`),
        ...(rest ? [link(`${path}/access-tokens`, `and ${count(others, "other")}`)] : []),
      ]),
      paragraph(escapeHtml(consequence)),
      `<p style="color:#57606a;font-size:13px">${escapeHtml(`${why} ${off}`)} ${link(settings, "Settings")}</p>`,
      "</div>",
    ]),
    messageId: `<${messageId}@${new URL(origin).hostname}>`,
    list: { unsubscribe: settings },
  };
}
