import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { db, pool } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokens } from "@/db/schema";
import type { TechnicalUser } from "@/lib/auth/actor";
import { type AccessToken, type Status, selectAccessTokens } from "./access-token";
import { recordUse } from "./last-used";
import { recordRefusedSecret } from "./refused";
import { hashSecret, isWellFormedSecret } from "./secret";

export type Authenticated = { actor: TechnicalUser; token: AccessToken };

// Drizzle writes this query and pg runs it: on every request's path, Drizzle's reading of the row costs a tenth of it.
export const authenticationQuery = {
  // Named, so that each connection plans it once. Nothing is cached: a revocation holds for every later request.
  name: "authenticate_access_token",
  text: selectAccessTokens(db)
    .where(
      and(
        eq(accessTokens.secretHash, sql.placeholder("hash")),
        isNull(accessTokens.revokedAt),
        gt(accessTokens.expiresAt, sql`now()`),
      ),
    )
    .toSQL().sql,
  rowMode: "array" as const,
};

/**
 * The technical user behind a secret, and its token. Undefined for an unknown, revoked, expired or deleted one alike.
 * One query; none where the checksum doesn't fit. What was refused is looked into in the background.
 */
export async function authenticateAccessToken(secret: string): Promise<Authenticated | undefined> {
  return isWellFormedSecret(secret) ? authenticateHashedSecret(hashSecret(secret)) : undefined;
}

/** The same for the hash of a well-formed secret. */
export async function authenticateHashedSecret(hash: Buffer): Promise<Authenticated | undefined> {
  const { rows } = await pool.query<Row>({ ...authenticationQuery, values: [hash] });
  if (!rows[0]) {
    void recordRefusedSecret(hash);
    return undefined;
  }
  const token = tokenOf(rows[0]);
  recordUse(token);
  const { id, username } = token.technicalUser;
  return { token, actor: { kind: "technical", userId: id, name: username, accessTokenId: token.id } };
}

/** The columns in the order in which selectAccessTokens lists them. */
type Row = [
  id: string,
  name: string,
  status: Status,
  role: Role,
  groupId: string | null,
  organizationId: string,
  userId: string,
  username: string,
  tokenSuffix: string,
  creatorId: string,
  creatorName: string,
  createdAt: Date,
  expiresAt: Date,
  lastUsedAt: Date | null,
  revokedAt: Date | null,
];

function tokenOf(row: Row): AccessToken {
  const [id, name, status, role, groupId, organizationId, userId, username, tokenSuffix, ...more] = row;
  const [creatorId, creatorName, createdAt, expiresAt, lastUsedAt, revokedAt] = more;
  return {
    id,
    name,
    status,
    role,
    groupId,
    organizationId,
    technicalUser: { id: userId, username },
    tokenSuffix,
    createdBy: { id: creatorId, name: creatorName },
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  };
}
