import { and, eq, gt, isNotNull, isNull, lte, type Placeholder, type SQL, sql } from "drizzle-orm";
import { givenId } from "@/db/ids";
import { accessTokens } from "@/db/schema";
import type { Status } from "@/lib/access-tokens/access-token";
import type { Policy } from "@/lib/policies/policy";
import { unmet } from "@/lib/policies/unmet";
import { lastUse, type Sort } from "./sort";

export type TokenFilter = {
  status?: Status;
  /** Only active tokens that expire within seven days. */
  expiresSoon?: boolean;
  /** Tokens that were never used, or not for 30 days. The latter counts from the creation if there was no use. */
  idle?: "never_used" | "not_used_for_30_days";
  /** Only tokens that this person created. */
  createdById?: string;
  /** Only active tokens that don't meet this policy. */
  unmet?: Policy;
};

export function isFiltered({ status, expiresSoon, idle, createdById, unmet: policy }: TokenFilter): boolean {
  return Boolean(status || expiresSoon || idle || createdById || policy);
}

const longAgo = sql`now() - interval '30 days'`;
const lastActivity: SQL = sql`coalesce(${accessTokens.lastUsedAt}, ${accessTokens.createdAt})`;

const withStatus: Record<Status, SQL | undefined> = {
  active: and(isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  revoked: and(isNotNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  expired: lte(accessTokens.expiresAt, sql`now()`),
};
const expiringSoon = and(withStatus.active, lte(accessTokens.expiresAt, sql`now() + interval '7 days'`));
const idleFor = {
  never_used: isNull(accessTokens.lastUsedAt),
  not_used_for_30_days: lte(lastActivity, longAgo),
};

/** The filter's condition. With a sort it also holds what follows for the sorted column, so that its index is cut. */
function conditionOf(
  { status, expiresSoon, idle, createdById, unmet: policy }: TokenFilter,
  sort?: Sort,
): SQL | undefined {
  return and(
    status && withStatus[status],
    expiresSoon ? expiringSoon : undefined,
    idle && idleFor[idle],
    idle && impliedFor[idle](sort),
    createdById === undefined ? undefined : eq(accessTokens.createdById, givenId(createdById)),
    policy && unmet(policy),
  );
}

// Without these PostgreSQL walks over all used tokens, or all new ones, to the first that matches.
const impliedFor = {
  never_used: (sort?: Sort) => (sort?.endsWith("last_used_at") ? sql`${lastUse} = '-infinity'` : undefined),
  not_used_for_30_days: (sort?: Sort) => {
    if (sort?.endsWith("last_used_at")) return sql`${lastUse} <= ${longAgo}`;
    // The index of the sort by expiration contains the creation.
    return sort && !sort.endsWith("name") ? lte(accessTokens.createdAt, longAgo) : undefined;
  },
};

export function ofOwner(ownerId: string | Placeholder, filter: TokenFilter, sort?: Sort): SQL | undefined {
  return and(eq(accessTokens.ownerId, ownerId), conditionOf(filter, sort));
}

/** The order of the index that serves the filter. */
export function indexOrderOf({ status, expiresSoon, idle }: TokenFilter): SQL {
  if (expiresSoon || status === "expired") return sql`${accessTokens.expiresAt}`;
  return idle === "not_used_for_30_days" ? lastActivity : sql`${accessTokens.createdAt}`;
}
