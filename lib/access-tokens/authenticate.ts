import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { db, pool } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokens } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import type { TechnicalUser } from "@/lib/auth/actor";
import { countOne, createLocalLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import { type AccessToken, type Status, selectAccessTokens } from "./access-token";
import { hashSecret, isWellFormedSecret } from "./secret";
import { recordUse } from "./uses/record";

/** Refused secrets that are looked up, per network: more of them cost no further queries. */
const lookups = createLocalLimiter({ points: 5, duration: 1 });

/** Records the use of a revoked or expired token in its owner's log. A deleted token has left no trace to record. */
async function recordRefusedSecret(hash: Buffer): Promise<void> {
  const { isOver } = await countOne(lookups, networkOf(requestContext()?.address));
  if (isOver) return;
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

// Built by Drizzle, run by pg: on every request's path, Drizzle's row mapping would cost a tenth of the request.
export const authenticationQuery = {
  // Named, so that each connection plans it once. Results are not cached: a revocation affects the next request.
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
 * One query; none if the checksum is wrong. A refusal is looked up in the background to record it.
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
  recordUse(token.id);
  const { id, username } = token.technicalUser;
  return { token, actor: { kind: "technical", userId: id, name: username, accessTokenId: token.id } };
}

/** Columns in selectAccessTokens's order. */
type Row = [
  id: string,
  name: string,
  description: string,
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
  revision: string,
];

function tokenOf(row: Row): AccessToken {
  const [id, name, description, status, role, groupId, organizationId, userId, username, ...more] = row;
  const [tokenSuffix, creatorId, creatorName, createdAt, expiresAt, lastUsedAt, revokedAt, revision] = more;
  return {
    id,
    name,
    description,
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
    revision,
  };
}
