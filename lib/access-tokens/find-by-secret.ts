import { and, eq, gt, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { types } from "pg";
import { db, pool } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokenSecrets, accessTokens, type StoredJob } from "@/db/schema";
import type { TechnicalUser } from "@/lib/auth/actor";
import { createBatches } from "@/lib/batches/batches";
import { withReservedConnections } from "@/lib/database-deadline";
import { processWide } from "@/lib/process/process-wide";
import { type AccessToken, type Status, selectWith } from "./access-token";

/** The secret that a request came with: one of the token's own, or a pipeline's with what its job said of itself. */
export type AuthenticatedBy =
  | { kind: "secret"; tokenSuffix: string }
  | { kind: "pipeline"; trustedPipelineId: string; job: StoredJob; endsAt: Date };

/** Requests with the same secret share it, so it must not be changed. */
export type Authenticated = { actor: TechnicalUser; token: AccessToken; authenticatedBy: AuthenticatedBy };

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
export const isGood = and(not(isRetired), or(isNull(endsAt), gt(endsAt, sql`now()`)));

/** Named, so that each connection plans it once. Built by Drizzle, run by pg: Drizzle would map each row again. */
function checkQuery(name: string, isAsked: SQL) {
  const fields = {
    usedHash: sql`${storedHash}`,
    usedSuffix: sql`${suffix}`,
    usedPipelineId: sql`${trustedPipelineId}`,
    usedJob: sql`${job}`,
    usedEndsAt: sql`${endsAt}`,
    awaitsFirstUse: sql<boolean>`${replaces} is not null and ${firstUsedAt} is null`,
  };
  const { sql: text } = selectWith(db, fields)
    .innerJoin(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, accessTokens.id))
    .where(and(isAsked, isGood, isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)))
    .toSQL();
  return { name, text, rowMode: "array" as const, types: asText };
}

/** Values as PostgreSQL writes them: most rows are those of an earlier check, and are not read again. */
const asText = { getTypeParser: () => (text: string) => text };

/** For a secret alone, two thirds of the work of the other one. */
const queryOfOne = checkQuery("authenticate_access_token", eq(storedHash, sql`${sql.placeholder("hash")}::bytea`));
// As a subquery, the array's length is unknown to PostgreSQL. Otherwise it would plan five joins for most lengths again.
const queryOfMany = checkQuery(
  "authenticate_access_tokens",
  sql`${storedHash} = any ((select ${sql.placeholder("hashes")}::bytea[])::bytea[])`,
);

/** By hash, as PostgreSQL writes it. Requests at the same time share a query. */
const findByWrittenHash = createBatches(async (hashes: string[]) => {
  processWide.metrics?.countCheckedTogether(hashes.length);
  const query = hashes.length === 1 ? { ...queryOfOne, values: hashes } : { ...queryOfMany, values: [hashes] };
  const { rows } = await withReservedConnections(() => pool.query<Row>(query));
  return new Map(rows.map((row) => [row[usedHashColumn], read(row)]));
});

/** `awaitsFirstUse` if the secret is new from a rotation, and its first use has to be recorded. */
type Found = { authenticated: Authenticated; awaitsFirstUse: boolean };

/** The token of a good secret. Undefined for an unknown, revoked, expired or deleted one alike. */
export function findByHash(hash: Buffer): Promise<Found | undefined> {
  return findByWrittenHash(`\\x${hash.toString("hex")}`);
}

/** What was read from a secret's last row. It is only used for a row that has just been found to be the same. */
const readBefore = new LRUCache<string, { row: Row; found: Found }>({ max: 10_000 });

function read(row: Row): Found {
  const hash = row[usedHashColumn];
  const before = readBefore.get(hash);
  if (before && isSame(row, before.row)) return before.found;
  const found = foundIn(row);
  readBefore.set(hash, { row, found });
  return found;
}

/** A loop: `every` takes a microsecond more for each request. */
function isSame(row: Row, before: Row): boolean {
  for (let column = 0; column < row.length; column++) if (row[column] !== before[column]) return false;
  return true;
}

function foundIn(row: Row): Found {
  const token = tokenOf(row);
  const { id, username } = token.technicalUser;
  // Not from the pool of `Buffer.from`, of which 8 KiB would be kept for each of these 32 bytes.
  const secretHash = Buffer.alloc(32);
  secretHash.write(row[usedHashColumn].slice(2), "hex");
  const actor = { kind: "technical" as const, userId: id, name: username, accessTokenId: token.id, secretHash };
  const used = usedSecretOf(row);
  const authenticated = {
    token,
    actor: used.kind === "pipeline" ? { ...actor, isPipeline: true } : actor,
    authenticatedBy: used,
  };
  freeze(authenticated);
  return { authenticated, awaitsFirstUse: row.at(-1) === "t" };
}

/** With what is in it. Dates and buffers can't be frozen. */
function freeze(shared: object): void {
  if (shared instanceof Date || shared instanceof Uint8Array) return;
  for (const value of Object.values(shared)) if (typeof value === "object" && value !== null) freeze(value);
  Object.freeze(shared);
}

function usedSecretOf(row: Row): AuthenticatedBy {
  const { 22: tokenSuffix, 23: trustedPipelineId, 24: job, 25: endsAt } = row;
  if (trustedPipelineId === null || job === null || endsAt === null) return { kind: "secret", tokenSuffix };
  return { kind: "pipeline", trustedPipelineId, job: JSON.parse(job), endsAt: instantOf(endsAt) };
}

const usedHashColumn = 21;

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
  retiringEndsAt: string | null,
  retiringLastUsedAt: string | null,
  creatorId: string,
  creatorName: string,
  createdAt: string,
  expiresAt: string,
  lastUsedAt: string | null,
  revokedAt: string | null,
  leakedAt: string | null,
  revision: string,
  usedHash: string,
  usedSuffix: string,
  usedPipelineId: string | null,
  usedJob: string | null,
  usedEndsAt: string | null,
  awaitsFirstUse: "t" | "f",
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
      retiringSuffix !== null && retiringEndsAt !== null
        ? {
            tokenSuffix: retiringSuffix,
            endsAt: instantOf(retiringEndsAt),
            lastUsedAt: retiringLastUsedAt === null ? null : instantOf(retiringLastUsedAt),
          }
        : null,
    createdBy: { id: creatorId, name: creatorName },
    createdAt: instantOf(createdAt),
    expiresAt: instantOf(expiresAt),
    lastUsedAt: lastUsedAt === null ? null : instantOf(lastUsedAt),
    revokedAt: revokedAt === null ? null : instantOf(revokedAt),
    leakedAt: leakedAt === null ? null : instantOf(leakedAt),
    revision,
  };
}

const instantOf: (text: string) => Date = types.getTypeParser(types.builtins.TIMESTAMPTZ);
