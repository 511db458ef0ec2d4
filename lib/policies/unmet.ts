import { and, eq, type SQL, sql } from "drizzle-orm";
import { accessTokens, lifetime, unusedSince } from "@/db/schema";
import type { Policy } from "./policy";

/**
 * A date in the creator's time zone is the end of that day, so that a token may live for a day longer than the policy
 * says, and for an hour more where clocks are set back.
 */
const restOfLastDay = sql`interval '25 hours'`;

const isActive = sql`${accessTokens.revokedAt} is null and ${accessTokens.expiresAt} > now()`;

/** A condition for each demand of the policy, of tokens that don't meet it, and the order of the index that serves it. */
function unmetDemands({ longestLifetimeDays, allowsAdminRole, revokeUnusedAfterDays }: Policy) {
  const found: { where: SQL; order: SQL }[] = [];
  if (longestLifetimeDays !== null) {
    const longest = sql`(make_interval(days => ${longestLifetimeDays}) + ${restOfLastDay})`;
    found.push({
      where: sql`${lifetime(accessTokens)} > ${longest}`,
      order: sql`${lifetime(accessTokens)} desc`,
    });
  }
  if (!allowsAdminRole) found.push({ where: sql`${accessTokens.isAdmin}`, order: sql`${accessTokens.expiresAt}` });
  if (revokeUnusedAfterDays !== null) found.push(unusedFor(revokeUnusedAfterDays));
  return found;
}

function unusedFor(days: number): { where: SQL; order: SQL } {
  const since = unusedSince(accessTokens);
  return { where: sql`${since} <= now() - make_interval(days => ${days})`, order: since };
}

/** The condition of active tokens that don't meet at least one demand of the policy. */
export function unmet(policy: Policy): SQL | undefined {
  const demands = unmetDemands(policy).map(({ where }) => where);
  if (demands.length === 0) return sql`false`;
  return and(isActive, sql`(${sql.join(demands, sql` or `)})`);
}

/** How many active tokens of the owner don't meet the policy, up to `limit`. */
export function countUnmet(ownerId: SQL | string, policy: Policy, limit: number): SQL<number> {
  return counted(unmetTokens(ownerId, policy, limit), limit);
}

/** The same of those that were not used for as long as the policy says. */
export function countUnused(ownerId: SQL | string, { revokeUnusedAfterDays: days }: Policy, limit: number) {
  return counted(idsOf(days === null ? [] : [unusedFor(days)], ownerId, limit), limit);
}

/** The ids of active tokens of the owner that don't meet the policy: up to `limit` for each of its demands. */
export function unmetTokens(ownerId: SQL | string, policy: Policy, limit: number): SQL {
  return idsOf(unmetDemands(policy), ownerId, limit);
}

/** Each demand reads a part of its index. */
function idsOf(demands: { where: SQL; order: SQL }[], ownerId: SQL | string, limit: number): SQL {
  if (demands.length === 0) return sql`(select null where false)`;
  const found = demands.map(
    ({ where, order }) => sql`(
      select ${accessTokens.id} as id from ${accessTokens}
      where ${and(eq(accessTokens.ownerId, ownerId), isActive, where)} order by ${order} limit ${sql.raw(String(limit))}
    )`,
  );
  return sql`(${sql.join(found, sql` union `)})`;
}

function counted(ids: SQL, limit: number): SQL<number> {
  return sql<number>`(select least(count(*), ${sql.raw(String(limit))}) from ${ids} as unmet)`.mapWith(Number);
}
