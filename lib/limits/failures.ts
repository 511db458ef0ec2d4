import { LRUCache } from "lru-cache";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";
import { createLimiter, inSeconds, type Limit } from "./rate-limit";

/** At most `capacity` keys are kept in memory. */
type Options = Limit & { name: string; capacity?: number; flushAfter?: number };

/** `failures` are the stored ones of all instances; `unwritten` are this instance's since its last write. */
type Count = { failures: number; unwritten: number };

/**
 * Counts failures by key across all instances, in windows that begin with the first failure. Counts are kept in memory
 * and written in the background, at most once a second per key; the write's result has the other instances' failures.
 * Without a database each instance counts alone.
 */
export function createFailureLimit({ name, points, duration, capacity = 10_000, flushAfter = 1000 }: Options) {
  const counts = new LRUCache<string, Count>({ max: capacity, ttl: duration * 1000, ttlResolution: 0 });
  const stored = createLimiter(name, { points, duration });
  let isFlushDue = false;

  /** Counts a failure. If the limit was already reached, counts nothing and returns the seconds to wait. */
  function fail(key: string): number | undefined {
    const seconds = wait(key);
    if (seconds !== undefined) return seconds;
    const count = counts.get(key) ?? { failures: 0, unwritten: 0 };
    count.unwritten++;
    counts.set(key, count, { noUpdateTTL: true });
    flushSoon();
    return undefined;
  }

  /** The seconds to wait if the limit is reached. Counts nothing. */
  function wait(key: string): number | undefined {
    const { failures, unwritten } = counts.get(key) ?? { failures: 0, unwritten: 0 };
    return failures + unwritten >= points ? inSeconds(counts.getRemainingTTL(key)) : undefined;
  }

  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    setTimeout(() => withoutDatabaseDeadline(flush), flushAfter).unref();
  }

  // One key after another, so that many failures use only one connection.
  async function flush(): Promise<void> {
    try {
      for (const [key, count] of [...counts.entries()]) if (count.unwritten > 0) await write(key, count);
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
    const { consumedPoints, msBeforeNext } = await stored.penalty(key, unwritten);
    count.failures = consumedPoints;
    counts.set(key, count, { ttl: msBeforeNext });
  }

  return { fail, wait };
}
