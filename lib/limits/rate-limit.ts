import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { DomainError } from "@/lib/errors";
import { DatabaseLimiter, StoredCount } from "./database-limiter";

/** `points` per `duration` in seconds. */
export type Limit = { points: number; duration: number };
export type Limiter = DatabaseLimiter | RateLimiterMemory;

/**
 * Counts in the database and by its clock, across all instances. An exhausted key is refused from memory, without a query, except with
 * `refunds`: the memory would not learn that a count was taken back. With `sweeps`, it deletes expired counts of every
 * limiter.
 */
export function createLimiter(name: string, limit: Limit, { refunds = false, sweeps = false } = {}): DatabaseLimiter {
  return new DatabaseLimiter({
    ...limit,
    keyPrefix: name,
    clearExpiredByTimeout: sweeps,
    inMemoryBlockOnConsumed: refunds ? undefined : limit.points,
  });
}

/** Counts in memory, for this instance alone. */
export function createLocalLimiter(limit: Limit): RateLimiterMemory {
  return new RateLimiterMemory(limit);
}

/** `endsAt` is the end of the window by the database's clock, if the database was asked. */
type Counted = { isOver: boolean; left: number; msBeforeNext: number; endsAt?: Date };

/** Counts one. `isOver` if the limit was reached before. */
export async function countOne(limiter: Limiter, key: string): Promise<Counted> {
  try {
    const counted = await limiter.consume(key);
    const { remainingPoints: left, msBeforeNext } = counted;
    return { isOver: false, left, msBeforeNext, ...(counted instanceof StoredCount && { endsAt: counted.endsAt }) };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return { isOver: true, left: 0, msBeforeNext: error.msBeforeNext };
  }
}

/** Counts one. Throws `rate_limited` over the limit; `what` names the counted things in the message. */
export async function consume(limiter: Limiter, key: string, what: string): Promise<void> {
  const { isOver, msBeforeNext } = await countOne(limiter, key);
  if (!isOver) return;
  const retryAfter = inSeconds(msBeforeNext);
  throw new DomainError("rate_limited", `Too many ${what}. Try again in ${inWords(retryAfter)}.`, { retryAfter });
}

/** For `Retry-After`: at least one second. */
export function inSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

function inWords(seconds: number): string {
  const [amount, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
