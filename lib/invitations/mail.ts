import { escapeHtml, htmlMessage, link as linkTo, paragraph } from "@/lib/email/html";
import { oneLine } from "@/lib/email/one-line";
import { type MailResult, sendMail } from "@/lib/email/send";
import { exactTime } from "@/lib/format";
import type { CreatedInvitation } from "./create";

/** Mails the link to the invited person and to nobody else. */
export function sendInvitation(
  { invitation, organizationName }: CreatedInvitation,
  { inviterName, link }: { inviterName: string; link: string },
): Promise<MailResult> {
  const [organization, inviter] = [oneLine(organizationName), oneLine(inviterName)];
  const lead = `${inviter} has invited you to ${organization} on veHaaS.`;
  const rest = [
    `The link works once, until ${exactTime(invitation.expiresAt)}.`,
    "If you did not expect this invitation, ignore this message: nothing happens unless you accept.",
  ];
  return sendMail({
    to: invitation.email,
    subject: `Invitation to ${organization} on veHaaS`,
    text: [lead, `Accept the invitation:\n${link}`, ...rest, ""].join("\n\n"),
    html: htmlMessage(
      [escapeHtml(lead), linkTo(link, "Accept the invitation"), escapeHtml(link), ...rest.map(escapeHtml)].map(
        paragraph,
      ),
    ),
  });
}
