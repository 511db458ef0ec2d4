import { RateLimiterPostgres } from "rate-limiter-flexible";
import { pool } from "@/db/client";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

/** `points` failures in `duration` seconds. At most `capacity` keys are kept in memory. */
type Limit = { name: string; points: number; duration: number; capacity?: number; flushAfter?: number };

/** `failures` are the stored ones of all instances; `unwritten` are this instance's since its last write. */
type Count = { failures: number; unwritten: number; endsAt: number };

/**
 * Counts failures by key across all instances, in windows that begin with the first failure. Counts are kept in memory
 * and written in the background, at most once a second per key; the write's result has the other instances' failures.
 * Without a database each instance counts alone.
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

  /** Counts a failure. If the limit was already reached, counts nothing and returns the seconds to wait. */
  function fail(key: string): number | undefined {
    const now = Date.now();
    const count = current(key, now);
    const wait = waitFor(count, now);
    if (wait !== undefined) return wait;
    count.unwritten++;
    flushSoon();
    return undefined;
  }

  /** The seconds to wait if the limit is reached. Counts nothing. */
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

  // One key after another, so that many failures use only one connection.
  async function flush(): Promise<void> {
    try {
      for (const [key, count] of counts) {
        if (count.endsAt <= Date.now()) counts.delete(key);
        else if (count.unwritten > 0) await write(key, count);
      }
    } catch (error) {
      log.warn({ err: error }, "failures could not be counted across instances");
    }
    isFlushDue = false;
    if ([...counts.values()].some(({ unwritten }) => unwritten > 0)) flushSoon();
  }

  async function write(key: string, count: Count): Promise<void> {
    const { unwritten } = count;
    // Counted here even if the write fails.
    count.failures += unwritten;
    count.unwritten = 0;
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key, unwritten);
    count.failures = consumedPoints;
    count.endsAt = Date.now() + msBeforeNext;
  }

  return { fail, wait };
}
