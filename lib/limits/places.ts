import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { leases } from "@/db/schema";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

/** `places` per key; `maxWait` in milliseconds for a free one. */
type Options = { name: string; places: number; maxWait: number };
type Lease = { name: string; holder: string };

/** Seconds until the places of a crashed instance are free again. */
const leaseSeconds = 15;
const pauseBetweenRenewals = 5000;
const pauseBetweenTries = 100;
const lease = sql`clock_timestamp() + make_interval(secs => ${leaseSeconds})`;

/**
 * Limits concurrent work per key across all instances. A place is a lease: a row with a short expiry by the database's
 * clock, renewed until the work ends, without holding a connection. Returns undefined, without running the work, if no
 * place becomes free in time.
 */
export function createPlaces({ name, places, maxWait }: Options) {
  const queues = new Map<string, Promise<unknown>>();

  async function withPlace<T>(key: string, work: () => Promise<T>): Promise<{ result: T } | undefined> {
    const wanted = { name: `${name}:${key}`, holder: randomUUID() };
    if (!(await takeInTurn(wanted))) return undefined;
    const stopRenewing = keepRenewed(wanted);
    try {
      return { result: await work() };
    } finally {
      stopRenewing();
      void inBackground(() => release(wanted));
    }
  }

  /** Waiters of this process queue up, so that only the first polls the database. */
  async function takeInTurn(wanted: Lease): Promise<boolean> {
    const end = performance.now() + maxWait;
    const turn = (queues.get(wanted.name) ?? Promise.resolve()).then(() => takeUntil(end, wanted, places));
    const ended = turn.catch(() => {});
    queues.set(wanted.name, ended);
    try {
      return await turn;
    } finally {
      if (queues.get(wanted.name) === ended) queues.delete(wanted.name);
    }
  }

  return { withPlace };
}

async function takeUntil(end: number, wanted: Lease, places: number): Promise<boolean> {
  while (!(await take(wanted, places))) {
    if (performance.now() >= end) return false;
    await setTimeout(pauseBetweenTries);
  }
  return true;
}

/** If two take the same place at once, the second gets none and retries. */
async function take({ name, holder }: Lease, places: number): Promise<boolean> {
  const taken = await db.execute(sql`
    insert into leases (name, place, holder, ends_at)
    select ${name}::text, free.place, ${holder}::text, ${lease}
    from generate_series(1, ${places}::int) as free (place)
    where not exists (
      select from leases as held
      where held.name = ${name} and held.place = free.place and held.ends_at > clock_timestamp())
    order by free.place limit 1
    on conflict (name, place) do update set holder = excluded.holder, ends_at = excluded.ends_at
    where leases.ends_at <= clock_timestamp()`);
  return taken.rowCount === 1;
}

/** One renewal at a time, so that a hanging database gets no further queries. Returns a function that stops it. */
function keepRenewed(held: Lease): () => void {
  let isUnderWay = false;
  const timer = setInterval(async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    await inBackground(() => renew(held));
    isUnderWay = false;
  }, pauseBetweenRenewals);
  return () => clearInterval(timer);
}

async function renew(held: Lease): Promise<void> {
  await db.update(leases).set({ endsAt: lease }).where(ofHolder(held));
}

async function release(held: Lease): Promise<void> {
  await db.delete(leases).where(ofHolder(held));
}

function ofHolder({ name, holder }: Lease) {
  return and(eq(leases.name, name), eq(leases.holder, holder));
}

/** A failure costs the key a place until the lease expires, or admits one more. */
function inBackground(work: () => Promise<void>): Promise<void> {
  return withoutDatabaseDeadline(work).catch((error) => log.warn({ err: error }, "a lease could not be kept or ended"));
}
