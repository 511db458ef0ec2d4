import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { newId } from "@/db/ids";
import { notificationEmails, notifications, webhookDeliveries, webhooks } from "@/db/schema";
import { settings } from "@/lib/env";
import { selectAdmins, sendsEmailTo } from "./recipients";

/** Messages of one batch, so that a transaction stays short. More than these are several e-mails. */
const mostInBatch = 10_000;
const mostInStatement = 1000;

type Batch = typeof notifications.$inferSelect;

/**
 * Makes the deliveries of one batch of recorded messages: those of one owner, type and threshold, which are one e-mail.
 * False if there was none. Several instances work on different batches.
 */
export function makeDeliveries(): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [first] = await tx
      .select()
      .from(notifications)
      .where(isNull(notifications.sentAt))
      .orderBy(asc(notifications.createdAt))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!first) return false;
    const batchId = newId("ntf");
    const ids = await takeBatch(tx, first, batchId);
    await deliverToWebhooks(tx, first, ids);
    await mailToAdmins(tx, first, batchId);
    return true;
  });
}

async function takeBatch(tx: Tx, { ownerId, type, data }: Batch, batchId: string): Promise<string[]> {
  const alike = and(
    isNull(notifications.sentAt),
    eq(notifications.ownerId, ownerId),
    eq(notifications.type, type),
    sql`${notifications.data}->>'days' is not distinct from ${data.days?.toString() ?? null}::text`,
  );
  const locked = await tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(alike)
    .orderBy(asc(notifications.createdAt))
    .limit(mostInBatch)
    .for("update", { skipLocked: true });
  const ids = locked.map(({ id }) => id);
  await tx
    .update(notifications)
    .set({ sentAt: sql`now()`, batchId })
    .where(sql`${notifications.id} = any(${sql.param(ids)})`);
  return ids;
}

async function deliverToWebhooks(tx: Tx, { ownerId, type, organizationId }: Batch, ids: string[]): Promise<void> {
  // Locked, so that none is removed before the deliveries refer to it.
  const receivers = await tx
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(eq(webhooks.ownerId, ownerId), isNull(webhooks.pausedAt), sql`${type} = any(${webhooks.events})`))
    .for("key share");
  const rows = receivers.flatMap(({ id: webhookId }) =>
    ids.map((notificationId) => ({ organizationId, webhookId, notificationId })),
  );
  for (let at = 0; at < rows.length; at += mostInStatement) {
    await tx.insert(webhookDeliveries).values(rows.slice(at, at + mostInStatement));
  }
}

async function mailToAdmins(tx: Tx, owner: Batch, batchId: string): Promise<void> {
  if (!settings().SMTP_URL || !(await sendsEmailTo(tx, owner.ownerId))) return;
  const admins = await selectAdmins(tx, owner);
  const { organizationId, groupId } = owner;
  const rows = admins.map(({ userId }) => ({ organizationId, groupId, batchId, userId }));
  for (let at = 0; at < rows.length; at += mostInStatement) {
    await tx.insert(notificationEmails).values(rows.slice(at, at + mostInStatement));
  }
}
