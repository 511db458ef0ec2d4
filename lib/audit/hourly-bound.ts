import { countOne, createLimiter } from "@/lib/limits/rate-limit";

/**
 * Bounds how many events of one kind a log gets per hour and key, across all instances. Returns a function that counts
 * one more. It returns what to add to the event's `detail`: for the last event within the limit, when the window ends.
 * Undefined over the limit: the event must not be recorded.
 */
export function createHourlyBound(name: string, points = 100) {
  const limiter = createLimiter(name, { points, duration: 60 * 60 });
  return async (key: string): Promise<Record<string, string> | undefined> => {
    const { isOver, left, endsAt } = await countOne(limiter, key);
    if (isOver) return undefined;
    return left > 0 || !endsAt ? {} : { further_not_recorded_until: endsAt.toISOString() };
  };
}
