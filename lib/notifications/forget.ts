import { and, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { notificationEmails, notifications, webhookDeliveries } from "@/db/schema";

/** Days for which deliveries and sent messages are kept. */
const keptDays = 30;
/** Messages with a key are kept for longer, since the key keeps them from being recorded again. */
const keysKeptDays = 400;

const before = (days: number) => sql`now() - make_interval(days => ${days})`;

/** Deletes at most `limit` rows of each kind that were kept for long enough. True if there may be more. */
export async function forgetNotifications(limit = 10_000): Promise<boolean> {
  const { sentAt, key } = notifications;
  const counts = [
    await forget(webhookDeliveries, sql`${webhookDeliveries.createdAt} < ${before(keptDays)}`, limit),
    await forget(notificationEmails, sql`${notificationEmails.createdAt} < ${before(keptDays)}`, limit),
    await forget(notifications, and(isNull(key), sql`${sentAt} < ${before(keptDays)}`), limit),
    await forget(notifications, and(isNotNull(key), sql`${sentAt} < ${before(keysKeptDays)}`), limit),
  ];
  return counts.some((count) => count >= limit);
}

type Table = typeof webhookDeliveries | typeof notificationEmails | typeof notifications;

async function forget(table: Table, isOld: ReturnType<typeof and>, limit: number): Promise<number> {
  const old = db.select({ id: table.id }).from(table).where(isOld).limit(limit).for("update", { skipLocked: true });
  const { rowCount } = await db.delete(table).where(inArray(table.id, old));
  return rowCount ?? 0;
}
