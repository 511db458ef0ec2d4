import { type RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { createLimiter } from "@/lib/limits/rate-limit";

/** What an attacker can add to an organization's logs: so many events of a kind in an hour, by all instances together. */
const hourly = { points: 100, duration: 60 * 60 };

/** Answers how to count one event of a kind for an organization, as `countEvent` does. */
export function createHourlyBound(name: string) {
  const limiter = createLimiter(name, hourly);
  return (organizationId: string) => countEvent(limiter, organizationId);
}

/**
 * Counts one more event that someone could fill a log with. Answers what the event's `detail` says of the bound:
 * undefined where there were too many in this window, and when it ends with the last one that is recorded.
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
