import { sql } from "drizzle-orm";
import { db, pool } from "@/db/client";
import { type Status, status, statuses } from "@/lib/access-tokens/access-token";
import { withDatabaseDeadline } from "@/lib/database-deadline";
import { isDatabaseReady } from "@/lib/health";
import { log } from "@/lib/log";

/** Milliseconds for all counts together, and from the beginning of one attempt to the next. */
const deadline = 2000;
const pause = 30_000;

/** Counts go no further: what matters is known by then. */
const most = 100_000;
/** With more tokens their statuses are estimated from about as many. */
const sample = 50_000;

export type Backlog = { waiting: number; oldestSeconds: number };
export type DatabaseCounts = {
  isUp: boolean;
  tokens: Map<Status, number>;
  expiring: number;
  unsealed: Backlog;
  notifications: Backlog;
  jobs: { queue: string; state: string; jobs: number }[];
};

/**
 * Counts of rows for metrics. Asks at most once in half a minute, whether or not the database answers, and for two
 * seconds at most. A count that could not be had is missing, and all are if the database is away. Whether it is there is
 * asked on a reserved connection: others may be used up by writes that wait for a standby.
 */
export function createDatabaseCounts({ now = () => performance.now() } = {}): () => Promise<Partial<DatabaseCounts>> {
  let begun = Number.NEGATIVE_INFINITY;
  let counts: Promise<Partial<DatabaseCounts>> = Promise.resolve({});
  return () => {
    if (now() - begun < pause) return counts;
    begun = now();
    counts = count();
    return counts;
  };
}

async function count(): Promise<Partial<DatabaseCounts>> {
  const isUp = await isDatabaseReady();
  return isUp ? { isUp, ...(await withDatabaseDeadline(countAll, deadline)) } : { isUp };
}

/** One after the other, so that only one connection is in use. */
async function countAll(): Promise<Partial<DatabaseCounts>> {
  return {
    ...(await counted("unsealed", countUnsealed)),
    ...(await counted("notifications", countNotifications)),
    ...(await counted("jobs", countJobs)),
    ...(await counted("expiring", countExpiring)),
    ...(await counted("tokens", countTokens)),
  };
}

async function counted<K extends keyof DatabaseCounts>(
  name: K,
  count: () => Promise<DatabaseCounts[K]>,
): Promise<Partial<DatabaseCounts>> {
  try {
    return { [name]: await count() };
  } catch (error) {
    log.debug({ err: error }, `the count of ${name} for metrics failed`);
    return {};
  }
}

/** Ids are in the order of their making, so the oldest event is among the first of an organization. */
const unsealedText = `
  with waiting as (select organization_id, event_id from unsealed_audit_events limit ${most})
  select (select count(*)::int from waiting) as waiting, extract(epoch from now() - min(occurred_at))::float as seconds
  from (select min(event_id) as event_id from waiting group by organization_id) as first_of_organization
  join audit_events on id = event_id`;

const notificationsText = `
  select (select count(*)::int from (select from notifications where sent_at is null limit ${most}) as unsent) as waiting,
    extract(epoch from now() - min(created_at))::float as seconds
  from notifications where sent_at is null`;

async function backlog(text: string): Promise<Backlog> {
  const { rows } = await pool.query<{ waiting: number; seconds: number | null }>(text);
  return { waiting: rows[0]?.waiting ?? 0, oldestSeconds: Math.max(0, rows[0]?.seconds ?? 0) };
}

const countUnsealed = () => backlog(unsealedText);
const countNotifications = () => backlog(notificationsText);

/** The states for which pg-boss has an index. Completed jobs are many, and each instance counts those that it did. */
async function countJobs(): Promise<DatabaseCounts["jobs"]> {
  const { rows } = await pool.query<{ queue: string; state: string; jobs: number }>(`
    select name as queue, state::text, count(*)::int as jobs from pgboss.job
    where state in ('created', 'retry', 'active', 'failed') group by name, state`);
  return rows;
}

/** One range of an index for each owner: there is no index of all tokens by expiration. */
async function countExpiring(): Promise<number> {
  const { rows } = await pool.query<{ expiring: number }>(`
    select coalesce(sum(found.tokens), 0)::int as expiring
    from (select id from groups union all select id from organizations) as owner
    cross join lateral (
      select count(*) as tokens from access_tokens
      where owner_id = owner.id and revoked_at is null and expires_at > now() and expires_at <= now() + interval '7 days'
    ) as found`);
  return rows[0]?.expiring ?? 0;
}

/** Exact for few tokens, else from a sample of the table's pages: reading a million rows takes too long. */
async function countTokens(): Promise<Map<Status, number>> {
  const { rows: known } = await pool.query<{ tokens: number }>(
    "select reltuples::float as tokens from pg_class where oid = 'access_tokens'::regclass",
  );
  const percent = Math.min(100, (100 * sample) / Math.max(1, known[0]?.tokens ?? 0));
  const from = percent < 100 ? sql`access_tokens tablesample system (${percent})` : sql`access_tokens`;
  const { rows } = await db.execute<{ status: Status; tokens: number }>(
    sql`select ${status} as status, count(*)::int as tokens from ${from} group by 1`,
  );
  const counts = new Map<Status, number>(statuses.map((one) => [one, 0]));
  for (const { status, tokens } of rows) counts.set(status, Math.round((tokens * 100) / percent));
  return counts;
}
