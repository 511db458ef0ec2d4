import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { db, pool } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokens } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import type { TechnicalUser } from "@/lib/auth/actor";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import { type AccessToken, type Status, selectAccessTokens } from "./access-token";
import { recordUse } from "./last-used";
import { hashSecret, isWellFormedSecret } from "./secret";

/** Looked for on behalf of one network; secrets that nobody has are to cost no more. */
const lookups = new RateLimiterMemory({ points: 5, duration: 1 });

/** Records the use of a token that was revoked or has expired with its owner. Nothing is known of a deleted one. */
async function recordRefusedSecret(hash: Buffer): Promise<void> {
  try {
    await lookups.consume(networkOf(requestContext()?.address));
  } catch {
    return;
  }
  recordRefusal("access_token.refused", hash.toString("base64url"), () => findRefused(hash));
}

async function findRefused(hash: Buffer) {
  const [token] = await selectAccessTokens(db).where(eq(accessTokens.secretHash, hash));
  if (!token || token.status === "active") return [];
  const { id, name, status, technicalUser, organizationId, groupId } = token;
  return [
    {
      actor: {
        kind: "technical" as const,
        userId: technicalUser.id,
        name: technicalUser.username,
        accessTokenId: id,
      },
      owner: { organizationId, groupId },
      subject: { id, name },
      detail: { status },
    },
  ];
}

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
