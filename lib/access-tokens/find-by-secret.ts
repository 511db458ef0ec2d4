import { and, eq, gt, isNull, not, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { LRUCache } from "lru-cache";
import { types } from "pg";
import { db, pool } from "@/db/client";
import type { Role } from "@/db/enums";
import { bytesArray, bytesOf, textQuery } from "@/db/pool/text-query";
import { revisionOf } from "@/db/revision";
import { accessTokenSecrets, accessTokens, memberships, type StoredJob } from "@/db/schema";
import type { TechnicalUser } from "@/lib/auth/actor";
import { createBatches } from "@/lib/batches/batches";
import { withReservedConnections } from "@/lib/database-deadline";
import { processWide } from "@/lib/process/process-wide";
import { type AccessToken, creator, isRetiring, retiring, technicalUser } from "./access-token";

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

const never = "-infinity";

/** Texts that this application or PostgreSQL makes, none with a comma. */
const made = sql<string>`concat_ws(',', ${sql.join(
  [
    accessTokens.id,
    memberships.role,
    orNone(accessTokens.groupId),
    accessTokens.organizationId,
    technicalUser.id,
    orNone(accessTokens.tokenSuffix),
    creator.id,
    accessTokens.createdAt,
    accessTokens.expiresAt,
    orNever(accessTokens.lastUsedAt),
    revisionOf(accessTokens),
    suffix,
    sql`${replaces} is not null and ${firstUsedAt} is null`,
  ],
  sql`, `,
)})`;

function orNone(column: PgColumn): SQL {
  return sql`coalesce(${column}, '')`;
}

function orNever(instant: PgColumn): SQL {
  return sql`coalesce(${instant}, ${sql.raw(`'${never}'`)})`;
}

/**
 * Few columns: each takes PostgreSQL and pg time. Named, so that each connection plans it once. Built by Drizzle, run by
 * pg: Drizzle would map each row again. Most rows are those of an earlier check, whose texts are not read again.
 */
function checkQuery(name: string, isAsked: SQL) {
  const { sql: text } = db
    .select({
      hash: storedHash,
      made,
      name: accessTokens.name,
      description: accessTokens.description,
      username: technicalUser.name,
      creatorName: creator.name,
      retiring: sql`case when ${retiring.suffix} is not null
        then json_build_array(${retiring.suffix}, ${retiring.endsAt}, ${retiring.lastUsedAt}) end`,
      pipeline: sql`case when ${trustedPipelineId} is not null
        then json_build_array(${trustedPipelineId}, ${job}, ${endsAt}) end`,
    })
    .from(accessTokens)
    .innerJoin(technicalUser, eq(technicalUser.id, accessTokens.technicalUserId))
    .innerJoin(memberships, eq(memberships.userId, accessTokens.technicalUserId))
    .innerJoin(creator, eq(creator.id, accessTokens.createdById))
    .leftJoin(retiring, isRetiring)
    .innerJoin(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, accessTokens.id))
    .where(and(isAsked, isGood, isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)))
    .toSQL();
  return { name, text };
}

/** The check's row. `made` is a `Made`, joined; `retiring` and `pipeline` are JSON. */
type Row = [
  hash: string,
  made: string,
  name: string,
  description: string,
  username: string,
  creatorName: string,
  retiring: string | null,
  pipeline: string | null,
];

type Made = [
  id: string,
  role: Role,
  groupId: string,
  organizationId: string,
  userId: string,
  tokenSuffix: string,
  creatorId: string,
  createdAt: string,
  expiresAt: string,
  lastUsedAt: string,
  revision: string,
  usedSuffix: string,
  awaitsFirstUse: "t" | "f",
];
type RetiringSecret = [tokenSuffix: string, endsAt: string, lastUsedAt: string | null];
type PipelineSecret = [trustedPipelineId: string, job: StoredJob, endsAt: string];

/** For a secret alone, two thirds of the work of the other one. */
const queryOfOne = checkQuery("authenticate_access_token", eq(storedHash, sql`${sql.placeholder("hash")}::bytea`));
// As a subquery, the array's length is unknown to PostgreSQL. Otherwise it would plan five joins for most lengths again.
const queryOfMany = checkQuery(
  "authenticate_access_tokens",
  sql`${storedHash} = any ((select ${sql.placeholder("hashes")}::bytea[])::bytea[])`,
);

/** `awaitsFirstUse` if the secret is new from a rotation, and its first use has to be recorded. */
type Found = { authenticated: Authenticated; awaitsFirstUse: boolean };

/**
 * The token of a good secret, by its written hash. Undefined for an unknown, revoked, expired or deleted one alike.
 * Requests at the same time share a query.
 */
export const findByHash = createBatches(async (hashes: string[]): Promise<ReadonlyMap<string, Found>> => {
  processWide.metrics?.countCheckedTogether(hashes.length);
  const query = hashes.length === 1 ? textQuery(queryOfOne, hashes) : textQuery(queryOfMany, [bytesArray(hashes)]);
  const { rows } = await withReservedConnections(() => pool.query<Row>(query));
  const found = new Map<string, Found>();
  for (const row of rows) found.set(row[0], read(row));
  return found;
});

/** What was read from a secret's last row. It is only used for a row that has just been found to be the same. */
const readBefore = new LRUCache<string, { row: Row; found: Found }>({ max: 10_000 });

function read(row: Row): Found {
  const [hash] = row;
  const before = readBefore.get(hash);
  if (before && isSame(row, before.row)) return before.found;
  const found = foundIn(row);
  readBefore.set(hash, { row, found });
  return found;
}

/** Their hashes are the same. A loop: `every` takes a microsecond more for each request. */
function isSame(row: Row, before: Row): boolean {
  for (let column = 1; column < row.length; column++) if (row[column] !== before[column]) return false;
  return true;
}

function foundIn([hash, made, name, description, username, creatorName, retiring, pipeline]: Row): Found {
  const [id, role, groupId, organizationId, userId, tokenSuffix, creatorId, ...more] = made.split(",") as Made;
  const [createdAt, expiresAt, lastUsedAt, revision, usedSuffix, awaitsFirstUse] = more;
  const token: AccessToken = {
    id,
    name,
    description,
    // The query finds no others, and only a revoked token is leaked.
    status: "active",
    role,
    groupId: groupId || null,
    organizationId,
    technicalUser: { id: userId, username },
    tokenSuffix: tokenSuffix || null,
    retiringSecret: retiring === null ? null : retiringSecretOf(JSON.parse(retiring)),
    createdBy: { id: creatorId, name: creatorName },
    createdAt: parseInstant(createdAt),
    expiresAt: parseInstant(expiresAt),
    lastUsedAt: instantOf(lastUsedAt),
    revokedAt: null,
    leakedAt: null,
    revision,
  };
  const actor = { kind: "technical" as const, userId, name: username, accessTokenId: id, secretHash: bytesOf(hash) };
  const authenticated: Authenticated =
    pipeline === null
      ? { token, actor, authenticatedBy: { kind: "secret", tokenSuffix: usedSuffix } }
      : { token, actor: { ...actor, isPipeline: true }, authenticatedBy: pipelineSecretOf(JSON.parse(pipeline)) };
  freeze(authenticated);
  return { authenticated, awaitsFirstUse: awaitsFirstUse === "t" };
}

function retiringSecretOf([tokenSuffix, endsAt, lastUsedAt]: RetiringSecret): AccessToken["retiringSecret"] {
  return { tokenSuffix, endsAt: new Date(endsAt), lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt) };
}

function pipelineSecretOf([trustedPipelineId, job, endsAt]: PipelineSecret): AuthenticatedBy {
  return { kind: "pipeline", trustedPipelineId, job, endsAt: new Date(endsAt) };
}

const parseInstant: (text: string) => Date = types.getTypeParser(types.builtins.TIMESTAMPTZ);

function instantOf(text: string): Date | null {
  return text === never ? null : parseInstant(text);
}

/** With what is in it. Dates and buffers can't be frozen. */
function freeze(shared: object): void {
  if (shared instanceof Date || shared instanceof Uint8Array) return;
  for (const value of Object.values(shared)) if (typeof value === "object" && value !== null) freeze(value);
  Object.freeze(shared);
}
