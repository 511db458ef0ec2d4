import { sql } from "drizzle-orm";
import { webhookDeliveries, webhooks } from "@/db/schema";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { asProviderCall } from "@/lib/limits/provider-calls";
import { mutate } from "@/lib/mutate";
import { longestPause, tryToDeliver } from "./deliver";
import { findDelivery } from "./queries";
import { type Delivery, hostIn, noWebhook, ownWebhook, webhookColumns } from "./webhook";

/**
 * Sends a message of the type "test" at once, and once. The receiver's refusal is a result, not an error. Throws
 * `conflict` for a paused webhook, and `rate_limited` before anything is sent.
 */
export async function sendTestMessage(actor: Actor, scope: Scope, webhookId: string): Promise<Delivery> {
  const { organization } = await authorizeCommand(actor, scope, "settings:manage");
  return asProviderCall({ actor, organizationId: organization.id }, async () => {
    const id = await makeDelivery(actor, scope, webhookId);
    await tryToDeliver(id);
    return findDelivery(id);
  });
}

function makeDelivery(actor: Actor, scope: Scope, webhookId: string): Promise<string> {
  return mutate(actor, scope, "settings:manage", async (tx, { organization }) => {
    const [webhook] = await tx
      .select(webhookColumns)
      .from(webhooks)
      .where(ownWebhook(scope, webhookId))
      .for("key share");
    if (!webhook) throw noWebhook();
    if (webhook.pausedAt) throw new DomainError("conflict", "This webhook is paused. Resume it first.");
    const [made] = await tx
      .insert(webhookDeliveries)
      .values({
        organizationId: organization.id,
        webhookId: webhook.id,
        // The background leaves it alone, unless this process dies.
        nextAttemptAt: sql`now() + make_interval(secs => ${longestPause})`,
      })
      .returning({ id: webhookDeliveries.id });
    if (!made) throw new Error("the test message was not inserted");
    return {
      result: made.id,
      event: { action: "webhook.tested" as const, subject: { id: webhook.id, name: hostIn(webhook.url) } },
    };
  });
}
