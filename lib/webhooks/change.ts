import { and, isNotNull } from "drizzle-orm";
import { webhooks } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";
import { hostIn, noWebhook, ownWebhook, type Webhook, webhookColumns } from "./webhook";

/** Removes a webhook with its deliveries. What is on its way is not tried again. */
export function removeWebhook(actor: Actor, scope: Scope, webhookId: string): Promise<void> {
  return mutate(actor, scope, "settings:manage", async (tx) => {
    const [removed] = await tx.delete(webhooks).where(ownWebhook(scope, webhookId)).returning(webhookColumns);
    if (!removed) throw noWebhook();
    return {
      result: undefined,
      event: { action: "webhook.removed" as const, subject: { id: removed.id, name: hostIn(removed.url) } },
    };
  });
}

/** Sends messages to a paused webhook again, from now on. Changes nothing if it isn't paused. */
export function resumeWebhook(actor: Actor, scope: Scope, webhookId: string): Promise<Webhook> {
  return mutate<Webhook>(actor, scope, "settings:manage", async (tx) => {
    const [resumed] = await tx
      .update(webhooks)
      .set({ pausedAt: null, failingSince: null })
      .where(and(ownWebhook(scope, webhookId), isNotNull(webhooks.pausedAt)))
      .returning(webhookColumns);
    if (resumed) {
      const subject = { id: resumed.id, name: hostIn(resumed.url) };
      return { result: resumed, event: { action: "webhook.resumed" as const, subject } };
    }
    const [current] = await tx.select(webhookColumns).from(webhooks).where(ownWebhook(scope, webhookId));
    if (!current) throw noWebhook();
    return { result: current };
  });
}
