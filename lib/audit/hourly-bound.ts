import { type RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

/**
 * Counts one more event that someone could fill a log with: what its detail has to say of that. Undefined where there
 * were too many in this window; the last one that is recorded says so.
 */
export async function countEvent(
  limiter: RateLimiterPostgres,
  key: string,
): Promise<Record<string, string> | undefined> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key);
    if (remainingPoints > 0) return {};
    return { further_not_recorded_until: new Date(Date.now() + msBeforeNext).toISOString() };
  } catch (error) {
    if (error instanceof RateLimiterRes) return undefined;
    throw error;
  }
}
