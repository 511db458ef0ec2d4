import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { newId } from "@/db/ids";
import { webhooks } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { seal } from "@/lib/crypto/seal";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { lockNotificationSettings } from "@/lib/notifications/settings";
import {
  generateSigningSecret,
  hostIn,
  signingSecretSealedAt,
  type Webhook,
  webhookColumns,
  webhookEvents,
} from "./webhook";
import { parseWebhookUrl } from "./webhook-url";

/** Of a group or an organization. */
export const mostWebhooks = 10;

export const addWebhookInput = z.strictObject({
  url: z.string({ error: "Enter the URL." }).min(1, "Enter the URL."),
  events: z
    .array(z.enum(webhookEvents), { error: "Choose at least one event." })
    .min(1, "Choose at least one event.")
    .transform((chosen) => webhookEvents.filter((event) => chosen.includes(event))),
});

/**
 * Adds a webhook. Only this result has its signing secret. Throws `invalid` or `provider_url_not_allowed` for the URL, and
 * `conflict` if there are too many.
 */
export async function addWebhook(
  actor: Actor,
  scope: Scope,
  input: z.output<typeof addWebhookInput>,
): Promise<{ webhook: Webhook; secret: string }> {
  const secret = generateSigningSecret();
  return mutate(actor, scope, "settings:manage", async (tx, { organization, group }) => {
    const url = parseWebhookUrl(input.url, settings().PROVIDER_ALLOWLIST);
    const owner = { organizationId: organization.id, groupId: group?.id ?? null };
    await lockNotificationSettings(tx, owner);
    await assertRoom(tx, group?.id ?? organization.id);
    const row = { id: newId("whk"), ...owner };
    const [webhook] = await tx
      .insert(webhooks)
      .values({ ...row, url, events: input.events, sealedSecret: await seal(tx, signingSecretSealedAt(row), secret) })
      .returning(webhookColumns);
    if (!webhook) throw new Error("the webhook was not inserted");
    const subject = { id: webhook.id, name: hostIn(url) };
    return {
      result: { webhook, secret },
      event: { action: "webhook.added", subject, detail: { events: webhook.events.join(", ") } },
    };
  });
}

async function assertRoom(tx: Tx, ownerId: string): Promise<void> {
  if ((await tx.$count(webhooks, eq(webhooks.ownerId, ownerId))) < mostWebhooks) return;
  throw new DomainError("conflict", `There are ${mostWebhooks} webhooks already, which is the most. Remove one first.`);
}
