import { type SQL, sql } from "drizzle-orm";
import type { Executor, Tx } from "@/db/client";
import { accessTokens, unusedSince } from "@/db/schema";
import type { Owner } from "@/lib/audit/record";

/** Days between the notice of a revocation and the revocation. */
export const noticeDays = 7;

/**
 * What is added to the time that a token may be unused: an instance writes uses within five minutes, and later while the
 * database is away.
 */
export const margin = sql`interval '1 hour'`;

/** Each group and organization whose unused tokens are revoked: after how many days, and since when that holds. */
export const policiesInForce = sql`
  select organization_id as owner_id, organization_id, null as group_id, revoke_unused_after_days as days,
    revoke_unused_set_at as set_at
  from policies where group_id is null and revoke_unused_after_days is not null
  union all
  select groups.id, groups.organization_id, groups.id,
    least(own.revoke_unused_after_days, above.revoke_unused_after_days),
    case when own.revoke_unused_after_days < above.revoke_unused_after_days or above.revoke_unused_after_days is null
      then own.revoke_unused_set_at else above.revoke_unused_set_at end
  from groups
  left join policies own on own.owner_id = groups.id
  left join policies above on above.owner_id = groups.organization_id
  where own.revoke_unused_after_days is not null or above.revoke_unused_after_days is not null`;

export const since = unusedSince(accessTokens);
export const isActive = sql`${accessTokens.revokedAt} is null and ${accessTokens.expiresAt} > now()`;
const noticeFrom = sql`make_interval(days => greatest(policy.days - ${noticeDays}, 1))`;

/** A notice before the policy asked for it, or before the latest use, does not count. */
export const isNoticed = sql`coalesce(
  ${accessTokens.idleNoticedAt} >= ${since} + ${noticeFrom} and ${accessTokens.idleNoticedAt} >= policy.set_at, false)`;

export const due = {
  notice: sql`${isActive} and ${since} <= now() - ${noticeFrom} and not ${isNoticed}`,
  revocation: sql`${isActive} and ${since} <= now() - make_interval(days => policy.days) - ${margin} and ${isNoticed}
    and ${accessTokens.idleNoticedAt} <= now() - make_interval(days => ${noticeDays})`,
};

/** The groups and organizations that have such tokens. */
export async function ownersWith(executor: Executor, condition: SQL): Promise<Owner[]> {
  const { rows } = await executor.execute<{ organization_id: string; group_id: string | null }>(sql`
    select policy.organization_id, policy.group_id from (${policiesInForce}) as policy
    where exists (select from ${accessTokens} where ${accessTokens.ownerId} = policy.owner_id and ${condition})`);
  return rows.map(({ organization_id: organizationId, group_id: groupId }) => ({ organizationId, groupId }));
}

export type DueToken = { id: string; name: string; expiresAt: Date; unusedSince: Date; days: number };

/**
 * At most `limit` such tokens of the owner, locked. Locked ones are left to the next time: this waits for nobody. The
 * conditions hold for the locked row, whatever another instance or a use has changed meanwhile.
 */
export async function lockDue(tx: Tx, { organizationId, groupId }: Owner, condition: SQL, limit: number) {
  const ownerId = groupId ?? organizationId;
  const { id, name, expiresAt } = accessTokens;
  return tx
    .select({
      id,
      name,
      expiresAt,
      unusedSince: since.mapWith(accessTokens.createdAt),
      days: sql`policy.days`.mapWith(Number),
    })
    .from(accessTokens)
    .innerJoin(sql`(${policiesInForce}) as policy`, sql`policy.owner_id = ${accessTokens.ownerId}`)
    .where(sql`${accessTokens.ownerId} = ${ownerId} and ${condition}`)
    .orderBy(since)
    .limit(limit)
    .for("no key update", { of: accessTokens, skipLocked: true });
}
