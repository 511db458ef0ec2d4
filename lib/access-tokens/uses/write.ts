import { inArray, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens, accessTokenUses } from "@/db/schema";
import { mergeNetworks } from "./networks";
import type { Outcome, Unwritten } from "./tallies";

/** Small, since the rows of a batch are locked until it is written. */
const batchSize = 1000;

/** Writes the uses, many tokens with each statement. `settle` is called once for each. */
export async function writeUses(
  uses: readonly Unwritten[],
  clock: () => number,
  settle: (one: Unwritten, outcome: Outcome) => void,
): Promise<void> {
  for (let from = 0; from < uses.length; from += batchSize) {
    const batch = uses.slice(from, from + batchSize);
    const outcomes = await db.transaction((tx) => writeBatch(tx, batch, clock));
    for (const one of batch) settle(one, outcomes.get(one.id) ?? "gone");
  }
}

async function writeBatch(tx: Tx, batch: Unwritten[], clock: () => number): Promise<Map<string, Outcome>> {
  const ids = batch.map(({ id }) => id);
  // Locked rows are skipped: this transaction waits for none, so it is never part of a deadlock.
  const rows = await tx
    .select({ ...columns, now: sql`statement_timestamp()`.mapWith(accessTokens.createdAt) })
    .from(accessTokens)
    .where(anyOf(ids))
    .for("no key update", { skipLocked: true });
  const now = clock();
  const found = new Map(rows.map((row) => [row.id, row]));
  const written = batch.flatMap((one) => {
    const row = found.get(one.id);
    return row ? [{ ...one, row, at: instantOf(row, now, one.usedAt) }] : [];
  });
  await writeLastUses(
    tx,
    written.filter(({ isLater }) => isLater),
    now,
  );
  await addToDays(
    tx,
    written.filter(({ uses }) => uses > 0),
  );
  const missing = ids.filter((id) => !found.has(id));
  return new Map([...(await lockedOf(tx, missing)), ...written.map(({ id }) => [id, "written"] as const)]);
}

const { id, organizationId, lastUsedAt, lastUsedFrom, pipelinesLastUsedAt, secretLastUsedAt } = accessTokens;
const columns = { id, organizationId, lastUsedAt, lastUsedFrom, pipelinesLastUsedAt, secretLastUsedAt };
type Row = Pick<typeof accessTokens.$inferSelect, keyof typeof columns> & { now: Date };
/** `at` is the last use by the database's clock. */
type Written = Unwritten & { row: Row; at: Date };

async function writeLastUses(tx: Tx, written: Written[], now: number): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map((one) => {
    const { id, row, at, networks } = one;
    const seen = networks.map(({ network, client, usedAt }) => {
      return { network, client, lastUsedAt: instantOf(row, now, usedAt).toISOString() };
    });
    return {
      id,
      lastUsedAt: later(row.lastUsedAt, at)?.toISOString(),
      ...lastUsesOf(one, now),
      from: JSON.stringify(mergeNetworks(row.lastUsedFrom, seen)),
    };
  });
  await tx.execute(sql`
    update access_tokens set last_used_at = used.at, last_used_from = used.networks,
      pipelines_last_used_at = used.by_pipelines, secret_last_used_at = used.by_secret
    from unnest(${sql.param(rows.map(({ id }) => id))}::text[],
      ${sql.param(rows.map(({ lastUsedAt }) => lastUsedAt))}::timestamptz[],
      ${sql.param(rows.map(({ byPipelines }) => byPipelines))}::timestamptz[],
      ${sql.param(rows.map(({ bySecret }) => bySecret))}::timestamptz[],
      ${sql.param(rows.map(({ from }) => from))}::jsonb[]) as used (id, at, by_pipelines, by_secret, networks)
    where access_tokens.id = used.id`);
  const secrets = written.flatMap(({ row, secrets: used }) =>
    used.map(({ hash, usedAt }) => ({ hash, at: instantOf(row, now, usedAt).toISOString() })),
  );
  if (secrets.length === 0) return;
  await tx.execute(sql`
    update access_token_secrets as secret set last_used_at = used.at
    from unnest(${sql.param(secrets.map(({ hash }) => hash))}::bytea[],
      ${sql.param(secrets.map(({ at }) => at))}::timestamptz[]) as used (hash, at)
    where secret.hash = used.hash and coalesce(secret.last_used_at, '-infinity') < used.at`);
}

/** The last use by pipelines, and by a secret of the token's own: the latter is the token's until pipelines use it. */
function lastUsesOf({ row, pipelinesUsedAt, secretUsedAt }: Written, now: number) {
  const at = (usedAt: number | undefined) => (usedAt === undefined ? null : instantOf(row, now, usedAt));
  const byPipelines = later(row.pipelinesLastUsedAt, at(pipelinesUsedAt));
  if (!byPipelines) return { byPipelines: null, bySecret: null };
  const before = row.pipelinesLastUsedAt ? row.secretLastUsedAt : row.lastUsedAt;
  return {
    byPipelines: byPipelines.toISOString(),
    bySecret: later(before, at(secretUsedAt))?.toISOString() ?? null,
  };
}

function instantOf(row: Row, now: number, usedAt: number): Date {
  return new Date(row.now.getTime() - (now - usedAt));
}

/** Another instance may have written a later one. */
function later(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}

async function addToDays(tx: Tx, written: Written[]): Promise<void> {
  if (written.length === 0) return;
  await tx.execute(sql`
    insert into ${accessTokenUses} as counted (access_token_id, organization_id, day, uses)
    select id, organization_id, (at at time zone 'UTC')::date, uses
    from unnest(${sql.param(written.map(({ id }) => id))}::text[],
      ${sql.param(written.map(({ row }) => row.organizationId))}::text[],
      ${sql.param(written.map(({ at }) => at.toISOString()))}::timestamptz[],
      ${sql.param(written.map(({ uses }) => uses))}::bigint[]) as used (id, organization_id, at, uses)
    on conflict (access_token_id, day) do update set uses = counted.uses + excluded.uses`);
}

async function lockedOf(tx: Tx, ids: string[]): Promise<[string, Outcome][]> {
  if (ids.length === 0) return [];
  const locked = await tx.select({ id: accessTokens.id }).from(accessTokens).where(anyOf(ids));
  return locked.map(({ id }) => [id, "failed"]);
}

/** One array parameter: thousands of parameters would block the event loop. */
function anyOf(ids: string[]) {
  return sql`${accessTokens.id} = any(${sql.param(ids)})`;
}

/** Days of which the uses are kept, today included. */
export const keptDays = 30;

/** Deletes at most `limit` rows of earlier days. True if there may be more. */
export async function forgetEarlierDays(limit = 10_000): Promise<boolean> {
  const earlier = db
    .select({ row: sql`ctid` })
    .from(accessTokenUses)
    .where(sql`${accessTokenUses.day} <= (now() at time zone 'UTC')::date - ${keptDays}::int`)
    .limit(limit)
    .for("update", { skipLocked: true });
  const { rowCount } = await db.delete(accessTokenUses).where(inArray(sql`ctid`, earlier));
  return (rowCount ?? 0) >= limit;
}
