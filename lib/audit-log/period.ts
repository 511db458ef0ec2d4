import { Temporal } from "temporal-polyfill";
import { readInstant } from "@/lib/instant";

/** Years of four digits, also for the following day: PostgreSQL and JavaScript format them alike. */
const date = /^(?!9999)[1-9]\d{3}-\d{2}-\d{2}$/;

export type Period = { from?: Date; to?: Date };

/**
 * Whole days in a time zone, as instants: the first day's midnight, and the midnight after the last day. Undefined for
 * an invalid day or zone.
 */
export function periodOf(first: string | undefined, last: string | undefined, timeZone: string): Period | undefined {
  try {
    return {
      from: first ? midnight(first, 0, timeZone) : undefined,
      to: last ? midnight(last, 1, timeZone) : undefined,
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * An edge of a period in the API's format: an RFC 3339 instant, exclusive as `to`, or a day in UTC, inclusive.
 * Undefined for any other text.
 */
export function edgeOf(text: string, edge: "from" | "to"): Date | undefined {
  try {
    const instant = readInstant(text);
    return instant ? wholeMillisecond(instant) : midnight(text, edge === "to" ? 1 : 0, "UTC");
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Rounds up: events have milliseconds, so none lies between the instant and the result. */
function wholeMillisecond(instant: Temporal.Instant): Date {
  const rounded = instant.round({ smallestUnit: "millisecond", roundingMode: "ceil" });
  const found = new Date(rounded.epochMilliseconds);
  if (!date.test(found.toISOString().slice(0, 10))) throw new RangeError("no year of ours");
  return found;
}

/** The day's first instant, if midnight does not exist. */
function midnight(text: string, daysLater: number, timeZone: string): Date {
  if (!date.test(text)) throw new RangeError("not a date");
  const day = Temporal.PlainDate.from(text, { overflow: "reject" }).add({ days: daysLater });
  return new Date(day.toZonedDateTime({ timeZone }).toInstant().epochMilliseconds);
}
