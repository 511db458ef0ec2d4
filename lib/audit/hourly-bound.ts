import { RateLimiterRes } from "rate-limiter-flexible";
import { createLimiter } from "@/lib/rate-limit";

/** What an attacker can add to an organization's logs: so many events of a kind in an hour, by all instances together. */
const hourly = { points: 100, duration: 60 * 60 };

/**
 * Answers how to count one event of a kind for an organization: undefined where it has had its events for this hour, else
 * what the event's `detail` says of the bound. The last one says that no more are recorded.
 */
export function createHourlyBound(name: string) {
  const limiter = createLimiter(name, hourly);
  return async (organizationId: string): Promise<Record<string, string> | undefined> => {
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(organizationId);
      if (remainingPoints > 0) return {};
      return { further_not_recorded_until: new Date(Date.now() + msBeforeNext).toISOString() };
    } catch (error) {
      if (error instanceof RateLimiterRes) return undefined;
      throw error;
    }
  };
}
