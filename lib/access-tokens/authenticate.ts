import { and, eq, gt, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { db, pool, type Tx } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokenSecrets, accessTokens, type StoredJob } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import type { TechnicalUser } from "@/lib/auth/actor";
import { createBatches } from "@/lib/batches/batches";
import { withReservedConnections } from "@/lib/database-deadline";
import { countOne, createLocalLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { recordNotifications } from "@/lib/notifications/record";
import { processWide } from "@/lib/process/process-wide";
import { requestContext } from "@/lib/request-context";
import { type AccessToken, type Status, selectAccessTokens, selectWith } from "./access-token";
import { hashSecret, isWellFormedSecret } from "./secret";
import { recordFirstUse } from "./secrets/first-use";
import { recordUse } from "./uses/record";

/** Refused secrets that are looked up, per network: more of them cost no further queries. */
const lookups = createLocalLimiter({ points: 5, duration: 1 });

const {
  hash: storedHash,
  suffix,
  endsAt,
  firstUsedAt,
  replaces,
  isRetired,
  trustedPipelineId,
  job,
} = accessTokenSecrets;
/** The secret's own end has not passed. */
const isGood = and(not(isRetired), or(isNull(endsAt), gt(endsAt, sql`now()`)));

/**
 * Records the use of a retired secret, or of a revoked or expired token, in its owner's log. A deleted token has left no
 * trace to record.
 */
async function recordRefusedSecret(hash: Buffer): Promise<void> {
  const { isOver } = await countOne(lookups, networkOf(requestContext()?.address));
  if (isOver) return;
  recordRefusal("access_token.refused", hash.toString("base64url"), () => findRefused(hash));
}

async function findRefused(hash: Buffer) {
  const [found] = await db
    .select({ tokenId: accessTokenSecrets.accessTokenId, suffix, endsAt, hasEnded: sql<boolean>`not (${isGood})` })
    .from(accessTokenSecrets)
    // Pipeline secrets end all the time, and jobs that outlive theirs are no attack.
    .where(and(eq(storedHash, hash), isNull(trustedPipelineId)));
  if (!found) return [];
  const [token] = await selectAccessTokens(db).where(eq(accessTokens.id, found.tokenId));
  if (!token || (token.status === "active" && !found.hasEnded)) return [];
  const { id, name, status, technicalUser, organizationId, groupId } = token;
  const owner = { organizationId, groupId };
  const retired = {
    action: "access_token.retired_secret_used" as const,
    detail: { token_suffix: found.suffix, ended_at: found.endsAt?.toISOString() ?? "" },
    // Once a day for each secret, whatever the number of networks.
    alsoRecord: (tx: Tx) =>
      recordNotifications(tx, owner, [
        {
          type: "access_token.retired_secret_used",
          token,
          key: `retired secret ${id} ${found.endsAt?.toISOString()} ${new Date().toISOString().slice(0, 10)}`,
        },
      ]),
  };
  return [
    {
      actor: {
        kind: "technical" as const,
        userId: technicalUser.id,
        name: technicalUser.username,
        accessTokenId: id,
      },
      owner,
      subject: { id, name },
      ...(found.hasEnded ? retired : { detail: { status } }),
    },
  ];
}

/** The secret that a request came with: one of the token's own, or a pipeline's with what its job said of itself. */
export type AuthenticatedBy =
  | { kind: "secret"; tokenSuffix: string }
  | { kind: "pipeline"; trustedPipelineId: string; job: StoredJob; endsAt: Date };

export type Authenticated = { actor: TechnicalUser; token: AccessToken; authenticatedBy: AuthenticatedBy };

/** Named, so that each connection plans it once. Built by Drizzle, run by pg: Drizzle would map each row again. */
function checkQuery(name: string, isAsked: SQL) {
  const fields = {
    usedSuffix: sql`${suffix}`,
    usedPipelineId: sql`${trustedPipelineId}`,
    usedJob: sql`${job}`,
    usedEndsAt: sql`${endsAt}`,
    usedHash: sql`encode(${storedHash}, 'hex')`,
    awaitsFirstUse: sql<boolean>`${replaces} is not null and ${firstUsedAt} is null`,
  };
  const { sql: text } = selectWith(db, fields)
    .innerJoin(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, accessTokens.id))
    .where(and(isAsked, isGood, isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)))
    .toSQL();
  return { name, text, rowMode: "array" as const };
}

/** For a secret alone, two thirds of the work of the other one. */
const queryOfOne = checkQuery("authenticate_access_token", eq(storedHash, sql`${sql.placeholder("hash")}::bytea`));
// As a subquery, the array's length is unknown to PostgreSQL. Otherwise it would plan five joins for most lengths again.
const queryOfMany = checkQuery(
  "authenticate_access_tokens",
  sql`${storedHash} = any ((select ${sql.placeholder("hashes")}::bytea[])::bytea[])`,
);

/** The row of a good secret, by its hash in hexadecimal. Requests at the same time share a query. */
const findRow = createBatches(async (hashes: string[]) => {
  processWide.metrics?.countCheckedTogether(hashes.length);
  const values = hashes.map((hash) => `\\x${hash}`);
  const query = values.length === 1 ? { ...queryOfOne, values } : { ...queryOfMany, values: [values] };
  const { rows } = await withReservedConnections(() => pool.query<Row>(query));
  return new Map(rows.map((row) => [row[usedHashColumn], row]));
});

/**
 * The technical user behind a secret, and its token. Undefined for an unknown, revoked, expired or deleted one alike.
 * One query, or a share of one; none if the checksum is wrong. A refusal is looked up in the background to record it.
 */
export async function authenticateAccessToken(secret: string): Promise<Authenticated | undefined> {
  return isWellFormedSecret(secret) ? authenticateHashedSecret(hashSecret(secret)) : undefined;
}

/** The same for the hash of a well-formed secret. The first use of a secret that a rotation made needs more queries. */
export async function authenticateHashedSecret(hash: Buffer): Promise<Authenticated | undefined> {
  const key = hash.toString("hex");
  let row = await findRow(key);
  if (row?.at(-1) === true) {
    await recordFirstUse(authenticatedBy(row, hash), hash);
    // The record moves the old secret's end, and may have waited for a command that discarded the new one.
    row = await findRow(key);
  }
  if (!row) {
    void recordRefusedSecret(hash);
    return undefined;
  }
  const found = authenticatedBy(row, hash);
  // A single secret's last use is the token's: a second write would cost as much as the first.
  const ownHash = found.token.retiringSecret ? hash : undefined;
  recordUse(found.token.id, found.authenticatedBy.kind === "pipeline" ? "pipeline" : ownHash);
  return found;
}

function authenticatedBy(row: Row, secretHash: Buffer): Authenticated {
  const token = tokenOf(row);
  const { id, username } = token.technicalUser;
  const actor = { kind: "technical" as const, userId: id, name: username, accessTokenId: token.id, secretHash };
  const used = usedSecretOf(row);
  return { token, actor: used.kind === "pipeline" ? { ...actor, isPipeline: true } : actor, authenticatedBy: used };
}

function usedSecretOf(row: Row): AuthenticatedBy {
  const { 21: tokenSuffix, 22: trustedPipelineId, 23: job, 24: endsAt } = row;
  if (trustedPipelineId === null || !job || !endsAt) return { kind: "secret", tokenSuffix };
  return { kind: "pipeline", trustedPipelineId, job, endsAt };
}

const usedHashColumn = 25;

/** Columns in selectAccessTokens's order, those of the secret, and last whether a first use has to be recorded. */
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
  tokenSuffix: string | null,
  retiringSuffix: string | null,
  retiringEndsAt: Date | null,
  retiringLastUsedAt: Date | null,
  creatorId: string,
  creatorName: string,
  createdAt: Date,
  expiresAt: Date,
  lastUsedAt: Date | null,
  revokedAt: Date | null,
  leakedAt: Date | null,
  revision: string,
  usedSuffix: string,
  usedPipelineId: string | null,
  usedJob: StoredJob | null,
  usedEndsAt: Date | null,
  usedHash: string,
  awaitsFirstUse: boolean,
];

function tokenOf(row: Row): AccessToken {
  const [id, name, description, status, role, groupId, organizationId, userId, username, ...more] = row;
  const [tokenSuffix, retiringSuffix, retiringEndsAt, retiringLastUsedAt, creatorId, creatorName, ...rest] = more;
  const [createdAt, expiresAt, lastUsedAt, revokedAt, leakedAt, revision] = rest;
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
    retiringSecret:
      retiringSuffix !== null && retiringEndsAt
        ? { tokenSuffix: retiringSuffix, endsAt: retiringEndsAt, lastUsedAt: retiringLastUsedAt }
        : null,
    createdBy: { id: creatorId, name: creatorName },
    createdAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
    leakedAt,
    revision,
  };
}
