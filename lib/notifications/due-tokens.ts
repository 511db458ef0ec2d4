import { inArray, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { recordForOwners } from "./record";

/** Days before its expiration at which a token's admins are notified. 0: it has expired. As in the trigger. */
const thresholds = [30, 7, 1, 0];

const columns = {
  id: accessTokens.id,
  name: accessTokens.name,
  organizationId: accessTokens.organizationId,
  groupId: accessTokens.groupId,
  expiresAt: accessTokens.expiresAt,
  now: sql`now()`.mapWith(accessTokens.createdAt),
};

/**
 * Records a message for at most `limit` active tokens of which a threshold has passed. Of several that have passed since
 * the last look it is the most urgent one. True if there may be more.
 */
export function notifyOfTokens(limit = 1000): Promise<boolean> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select(columns)
      .from(accessTokens)
      .where(sql`${accessTokens.nextNoticeAt} <= now() and ${accessTokens.revokedAt} is null`)
      .orderBy(accessTokens.nextNoticeAt)
      .limit(limit)
      .for("no key update", { skipLocked: true });
    await recordForOwners(tx, due, (token) => {
      const days = passedThreshold(thresholds, token.expiresAt, token.now);
      const key = `token ${token.id} ${days} ${token.expiresAt.toISOString()}`;
      return days === 0
        ? { type: "access_token.expired", token, key }
        : { type: "access_token.expiring", token, more: { days }, key };
    });
    await setNextNotices(
      tx,
      due.map(({ id }) => id),
    );
    return due.length >= limit;
  });
}

/** The least number of days before the expiration that is over already. */
export function passedThreshold(days: readonly number[], expiresAt: Date, now: Date): number {
  return Math.min(...days.filter((one) => expiresAt.getTime() - one * 86_400_000 <= now.getTime()));
}

async function setNextNotices(tx: Tx, ids: string[]): Promise<void> {
  const days = sql.raw(`'{${thresholds.join(",")}}'::int[]`);
  await tx
    .update(accessTokens)
    .set({ nextNoticeAt: sql`next_notice(${accessTokens.expiresAt}, ${days}, now())` })
    .where(inArray(accessTokens.id, ids));
}
