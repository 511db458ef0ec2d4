import { and, eq, inArray, isNotNull, isNull, not, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, versionControlAccesses } from "@/db/schema";
import { passedThreshold } from "./due-tokens";
import { recordForOwners } from "./record";

/** Days before a credential's expiration at which the admins are notified. As in the trigger. */
const thresholds = [14, 3];

const { nextNoticeAt, tokenExpiresAt, checkCode, removedAt, failureNotified } = versionControlAccesses;

const columns = {
  id: accessTokens.id,
  name: accessTokens.name,
  organizationId: accessTokens.organizationId,
  groupId: accessTokens.groupId,
  expiresAt: accessTokens.expiresAt,
  access: { id: versionControlAccesses.id, provider_url: versionControlAccesses.providerUrl },
  tokenExpiresAt,
  checkedAt: versionControlAccesses.checkedAt,
  now: sql`now()`.mapWith(accessTokens.createdAt),
  hasEnded: sql<boolean>`${accessTokens.expiresAt} <= now()`,
};

/**
 * Nothing uses the credential of a revoked token; if it is reactivated, the message follows. That of an expired one is
 * due without a message: otherwise each look would pass over the credentials of all tokens that ever expired.
 */
const isStillDue = and(isNull(removedAt), or(isNull(accessTokens.revokedAt), sql`${accessTokens.expiresAt} <= now()`));
const ofActiveToken = ({ hasEnded }: { hasEnded: boolean }) => !hasEnded;

/** The same as `notifyOfTokens` for stored credentials that expire. */
export function notifyOfExpiringCredentials(limit = 1000): Promise<boolean> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select(columns)
      .from(versionControlAccesses)
      .innerJoin(accessTokens, eq(accessTokens.id, versionControlAccesses.accessTokenId))
      .where(and(sql`${nextNoticeAt} <= now()`, isStillDue))
      .orderBy(nextNoticeAt)
      .limit(limit)
      .for("no key update", { of: versionControlAccesses, skipLocked: true });
    await recordForOwners(tx, due.filter(ofActiveToken), ({ access, tokenExpiresAt, now, ...token }) => {
      const expiresAt = tokenExpiresAt ?? now;
      const days = passedThreshold(thresholds, expiresAt, now);
      const key = `credential ${access.id} ${days} ${expiresAt.toISOString()}`;
      return { type: "credential.expiring", token, more: { version_control_access: access, days }, key };
    });
    const days = sql.raw(`'{${thresholds.join(",")}}'::int[]`);
    await tx
      .update(versionControlAccesses)
      .set({ nextNoticeAt: sql`next_notice(${tokenExpiresAt}, ${days}, now())` })
      .where(
        inArray(
          versionControlAccesses.id,
          due.map(({ access }) => access.id),
        ),
      );
    return due.length >= limit;
  });
}

/** Records a message for credentials whose check has failed: one until a check succeeds again. */
export function notifyOfFailedCredentials(limit = 1000): Promise<boolean> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select(columns)
      .from(versionControlAccesses)
      .innerJoin(accessTokens, eq(accessTokens.id, versionControlAccesses.accessTokenId))
      .where(and(isNotNull(checkCode), not(failureNotified), isStillDue))
      .limit(limit)
      .for("no key update", { of: versionControlAccesses, skipLocked: true });
    await recordForOwners(tx, due.filter(ofActiveToken), ({ access, ...token }) => ({
      type: "credential.failed",
      token,
      more: { version_control_access: access },
    }));
    await tx
      .update(versionControlAccesses)
      .set({ failureNotified: true })
      .where(
        inArray(
          versionControlAccesses.id,
          due.map(({ access }) => access.id),
        ),
      );
    return due.length >= limit;
  });
}
