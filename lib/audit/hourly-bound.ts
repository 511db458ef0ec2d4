import { type RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { createLimiter } from "@/lib/limits/rate-limit";

/** Events of one kind per hour and organization, across all instances. Bounds what an attacker can add to a log. */
const hourly = { points: 100, duration: 60 * 60 };

/** Returns a counter of one kind of event per organization, see `countEvent`. */
export function createHourlyBound(name: string) {
  const limiter = createLimiter(name, hourly);
  return (organizationId: string) => countEvent(limiter, organizationId);
}

/**
 * Counts one more event of a kind that could flood a log. Returns what to add to the event's `detail`: for the last
 * event within the limit, when the window ends. Undefined over the limit: the event must not be recorded.
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
