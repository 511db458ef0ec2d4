import { eq, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Executor } from "@/db/client";
import { accessTokens, memberships, users } from "@/db/schema";

export const statuses = ["active", "revoked", "expired"] as const;
export type Status = (typeof statuses)[number];

/** Derived from revoked_at, expires_at and the database's clock; never stored. */
export const status: SQL<Status> = sql<Status>`case
  when ${accessTokens.expiresAt} <= now() then 'expired'
  when ${accessTokens.revokedAt} is not null then 'revoked'
  else 'active'
end`;

const technicalUser = alias(users, "technical_user");
const creator = alias(users, "creator");

// Listed one by one: secret_hash must not leave this folder.
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
  createdBy: { id: creator.id, name: creator.name },
  createdAt: accessTokens.createdAt,
  expiresAt: accessTokens.expiresAt,
  lastUsedAt: accessTokens.lastUsedAt,
  revokedAt: accessTokens.revokedAt,
};

/** Selects every public field of access tokens; the caller adds where, order and limit. */
export function selectAccessTokens(executor: Executor) {
  return executor
    .select(columns)
    .from(accessTokens)
    .innerJoin(technicalUser, eq(technicalUser.id, accessTokens.technicalUserId))
    .innerJoin(memberships, eq(memberships.userId, accessTokens.technicalUserId))
    .innerJoin(creator, eq(creator.id, accessTokens.createdById));
}

export type AccessToken = Awaited<ReturnType<typeof selectAccessTokens>>[number];
