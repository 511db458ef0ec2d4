import { LRUCache } from "lru-cache";
import { everySecond } from "@/lib/process/every-second";
import { createLimiter, inSeconds, type Limit } from "./rate-limit";

/** At most `capacity` keys are kept in memory. */
type Options = Limit & { name: string; capacity?: number };

/** `failures` are the stored ones of all instances; `unwritten` are this instance's since its last write. */
type Count = { failures: number; unwritten: number };

/**
 * Counts failures by key across all instances, in windows that begin with the first failure. Counts are kept in memory
 * and written every second; the write's result has the other instances' failures. Without a database each instance
 * counts alone, and writes later.
 */
export function createFailureLimit({ name, points, duration, capacity = 10_000 }: Options) {
  const counts = new LRUCache<string, Count>({ max: capacity, ttl: duration * 1000, ttlResolution: 0 });
  const stored = createLimiter(name, { points, duration });

  /** Counts a failure. If the limit was already reached, counts nothing and returns the seconds to wait. */
  function fail(key: string): number | undefined {
    const seconds = wait(key);
    if (seconds !== undefined) return seconds;
    const count = counts.get(key) ?? { failures: 0, unwritten: 0 };
    count.unwritten++;
    counts.set(key, count, { noUpdateTTL: true });
    return undefined;
  }

  /** The seconds to wait if the limit is reached. Counts nothing. */
  function wait(key: string): number | undefined {
    const { failures, unwritten } = counts.get(key) ?? { failures: 0, unwritten: 0 };
    return failures + unwritten >= points ? inSeconds(counts.getRemainingTTL(key)) : undefined;
  }

  /** One key after another, so that many failures use only one connection. */
  async function flush(): Promise<void> {
    for (const [key, count] of [...counts.entries()]) if (count.unwritten > 0) await write(key, count);
  }

  async function write(key: string, count: Count): Promise<void> {
    const { unwritten } = count;
    const { consumedPoints, msBeforeNext } = await stored.penalty(key, unwritten);
    count.failures = consumedPoints;
    count.unwritten -= unwritten;
    // The window may end during the write. For the cache, a ttl of 0 means no end.
    if (msBeforeNext > 0) counts.set(key, count, { ttl: msBeforeNext });
    else counts.delete(key);
  }

  everySecond(`counting the failures of ${name} across instances`, flush);
  return { fail, wait, flush };
}
