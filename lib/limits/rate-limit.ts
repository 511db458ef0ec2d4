import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { pool } from "@/db/client";
import { DomainError } from "@/lib/errors";

/** `points` per `duration` in seconds. */
export type Limit = { points: number; duration: number };

/**
 * Counts in the database, across all instances. A limiter with `sweeps` deletes expired counts of every limiter. With
 * `remembers`, an exhausted key is refused from memory, without a query.
 */
export function createLimiter(
  name: string,
  limit: Limit,
  { sweeps = false, remembers = false } = {},
): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...limit,
    keyPrefix: name,
    storeClient: pool,
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
    clearExpiredByTimeout: sweeps,
    inMemoryBlockOnConsumed: remembers ? limit.points : undefined,
  });
}

/** Counts one. Throws `rate_limited` over the limit; `what` names the counted things in the message. */
export async function consume(limiter: RateLimiterPostgres, key: string, what: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfter = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    throw new DomainError("rate_limited", `Too many ${what}. Try again in ${inWords(retryAfter)}.`, { retryAfter });
  }
}

function inWords(seconds: number): string {
  const [amount, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
