import { and, eq, gt, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Executor } from "@/db/client";
import { revisionOf } from "@/db/revision";
import { accessTokenSecrets, accessTokens, groups, memberships, organizations, users } from "@/db/schema";

export const statuses = ["active", "revoked", "expired"] as const;
export type Status = (typeof statuses)[number];

/** Derived from revoked_at, expires_at and the database's clock; never stored. */
export const status: SQL<Status> = sql<Status>`case
  when ${accessTokens.expiresAt} <= now() then 'expired'
  when ${accessTokens.revokedAt} is not null then 'revoked'
  else 'active'
end`;

export const technicalUser = alias(users, "technical_user");
export const creator = alias(users, "creator");
export const retiring = alias(accessTokenSecrets, "retiring");

/** The token's secret that was current before the latest rotation, while it is still accepted. */
export const isRetiring = and(
  eq(retiring.accessTokenId, accessTokens.id),
  isNotNull(retiring.endsAt),
  isNull(retiring.trustedPipelineId),
  not(retiring.isRetired),
  gt(retiring.endsAt, sql`now()`),
);

const columns = {
  id: accessTokens.id,
  name: accessTokens.name,
  description: accessTokens.description,
  status,
  role: memberships.role,
  groupId: accessTokens.groupId,
  organizationId: accessTokens.organizationId,
  technicalUser: { id: technicalUser.id, username: technicalUser.name },
  tokenSuffix: accessTokens.tokenSuffix,
  retiringSecret: {
    tokenSuffix: retiring.suffix,
    endsAt: sql`${retiring.endsAt}`.mapWith(accessTokens.expiresAt),
    lastUsedAt: retiring.lastUsedAt,
  },
  createdBy: { id: creator.id, name: creator.name },
  createdAt: accessTokens.createdAt,
  expiresAt: accessTokens.expiresAt,
  lastUsedAt: accessTokens.lastUsedAt,
  revokedAt: accessTokens.revokedAt,
  /** Since when it is revoked because its secret was reported as leaked. */
  leakedAt: accessTokens.leakedAt,
  revision: revisionOf(accessTokens),
};

/** Selects every public field of access tokens; the caller adds where, order and limit. */
export function selectAccessTokens(executor: Executor) {
  return executor
    .select(columns)
    .from(accessTokens)
    .innerJoin(technicalUser, eq(technicalUser.id, accessTokens.technicalUserId))
    .innerJoin(memberships, eq(memberships.userId, accessTokens.technicalUserId))
    .innerJoin(creator, eq(creator.id, accessTokens.createdById))
    .leftJoin(retiring, isRetiring);
}

export type AccessToken = Awaited<ReturnType<typeof selectAccessTokens>>[number];

const actorsMembership = alias(memberships, "actors_membership");

/**
 * A token with the roles of a user in its scope: one row for each role. `lock` keeps these roles from changing until the
 * transaction ends.
 */
export function selectTokenWithRoles(executor: Executor, lock: boolean) {
  const query = executor
    .select({
      ...columns,
      organization: { id: organizations.id, name: organizations.name },
      group: { id: groups.id, name: groups.name, createdAt: groups.createdAt },
      actorsRole: actorsMembership.role,
      now: sql`statement_timestamp()`.mapWith(memberships.createdAt),
    })
    .from(accessTokens)
    .innerJoin(technicalUser, eq(technicalUser.id, accessTokens.technicalUserId))
    .innerJoin(memberships, eq(memberships.userId, accessTokens.technicalUserId))
    .innerJoin(creator, eq(creator.id, accessTokens.createdById))
    .innerJoin(organizations, eq(organizations.id, accessTokens.organizationId))
    .innerJoin(actorsMembership, eq(actorsMembership.organizationId, accessTokens.organizationId))
    .leftJoin(groups, eq(groups.id, accessTokens.groupId))
    .leftJoin(retiring, isRetiring)
    .where(
      and(
        eq(accessTokens.id, sql.placeholder("tokenId")),
        eq(actorsMembership.userId, sql.placeholder("userId")),
        // A role in any group lets a user see the organization.
        or(
          isNull(accessTokens.groupId),
          isNull(actorsMembership.groupId),
          eq(actorsMembership.groupId, accessTokens.groupId),
        ),
      ),
    );
  return lock ? query.for("share", { of: actorsMembership }) : query;
}
