import { RateLimiterPostgres } from "rate-limiter-flexible";
import { pool } from "@/db/client";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

/** `points` failures in `duration` seconds. Of the keys that failed lately at most `capacity` are kept in memory. */
type Limit = { name: string; points: number; duration: number; capacity?: number; flushAfter?: number };

/** `failures` are all that were written, by any instance; `unwritten` are this one's since. */
type Count = { failures: number; unwritten: number; endsAt: number };

/**
 * Counts failures by key for all instances together, in windows that begin with the first. They are counted in memory
 * and written in the background, at most once a second per key: what another instance counted is learned with the
 * answer. Without a database each instance counts for itself.
 */
export function createFailureLimit({ name, points, duration, capacity = 10_000, flushAfter = 1000 }: Limit) {
  const counts = new Map<string, Count>();
  const limiter = new RateLimiterPostgres({
    points,
    duration,
    keyPrefix: name,
    storeClient: pool,
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
  });
  let isFlushDue = false;

  /** Counts a failure; answers the seconds to wait, and counts nothing, where there were too many before it. */
  function fail(key: string): number | undefined {
    const now = Date.now();
    const count = current(key, now);
    const wait = waitFor(count, now);
    if (wait !== undefined) return wait;
    count.unwritten++;
    flushSoon();
    return undefined;
  }

  /** The seconds to wait where there were too many failures; counts nothing. */
  function wait(key: string): number | undefined {
    const [count, now] = [counts.get(key), Date.now()];
    return count && count.endsAt > now ? waitFor(count, now) : undefined;
  }

  function waitFor({ failures, unwritten, endsAt }: Count, now: number): number | undefined {
    return failures + unwritten >= points ? Math.max(1, Math.ceil((endsAt - now) / 1000)) : undefined;
  }

  function current(key: string, now: number): Count {
    const known = counts.get(key);
    if (known && known.endsAt > now) return known;
    counts.delete(key);
    const [oldest] = counts.keys();
    if (counts.size >= capacity && oldest !== undefined) counts.delete(oldest);
    const begun = { failures: 0, unwritten: 0, endsAt: now + duration * 1000 };
    counts.set(key, begun);
    return begun;
  }

  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    setTimeout(() => withoutDatabaseDeadline(flush), flushAfter).unref();
  }

  // One key after another: however many fail, this takes up one connection.
  async function flush(): Promise<void> {
    try {
      for (const [key, count] of counts) {
        if (count.endsAt <= Date.now()) counts.delete(key);
        else if (count.unwritten > 0) await write(key, count);
      }
    } catch (error) {
      log.warn({ err: error }, "failures could not be counted for all instances together");
    }
    isFlushDue = false;
    if ([...counts.values()].some(({ unwritten }) => unwritten > 0)) flushSoon();
  }

  async function write(key: string, count: Count): Promise<void> {
    const { unwritten } = count;
    // Counted here, whatever becomes of the write.
    count.failures += unwritten;
    count.unwritten = 0;
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key, unwritten);
    count.failures = consumedPoints;
    count.endsAt = Date.now() + msBeforeNext;
  }

  return { fail, wait };
}
