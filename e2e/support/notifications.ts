import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { webhooks } from "@/db/schema";
import { type ReceiverAnswer, startReceiver } from "@/testing/stand-ins/webhook-receiver";
import type { Tenant } from "@/testing/tenant";

export { isSignedWith } from "@/testing/stand-ins/webhook-receiver";

export async function receiverOf(answer?: ReceiverAnswer) {
  const receiver = await startReceiver();
  if (answer) receiver.answerWith(answer);
  return receiver;
}

/** Pauses the group's webhooks as three days of failures would. */
export async function pauseWebhooks({ id }: Tenant["group"]): Promise<void> {
  await db.update(webhooks).set({ pausedAt: sql`now()` }).where(eq(webhooks.ownerId, id));
}

/** Adds a webhook to the group without the page. */
export async function insertWebhook({ organization, group }: Tenant, url: string): Promise<void> {
  const sealedSecret = Buffer.from("sealed");
  await db
    .insert(webhooks)
    .values({ organizationId: organization.id, groupId: group.id, url, events: ["runner.stuck"], sealedSecret });
}

export async function deleteWebhooks({ id }: Tenant["group"]): Promise<void> {
  await db.delete(webhooks).where(eq(webhooks.ownerId, id));
}
