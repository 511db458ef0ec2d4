import { Temporal } from "temporal-polyfill";
import { readInstant } from "@/lib/instant";

/** Four digits of a year, also on the day after: what PostgreSQL and JavaScript write the same way. */
const date = /^(?!9999)[1-9]\d{3}-\d{2}-\d{2}$/;

export type Period = { from?: Date; to?: Date };

/**
 * Whole days in a time zone, as instants: the first one's midnight, and the one after the last. Undefined where a day,
 * or the zone, is none.
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
 * An edge of a period as the API takes it: an RFC 3339 instant, the last one being out, or a day in UTC, both being in.
 * Undefined where the text is neither.
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

/** Upwards: events are told by the millisecond, so that none of them lies between this and the instant. */
function wholeMillisecond(instant: Temporal.Instant): Date {
  const rounded = instant.round({ smallestUnit: "millisecond", roundingMode: "ceil" });
  const found = new Date(rounded.epochMilliseconds);
  if (!date.test(found.toISOString().slice(0, 10))) throw new RangeError("no year of ours");
  return found;
}

/** Or the day's first instant, where there is no midnight. */
function midnight(text: string, daysLater: number, timeZone: string): Date {
  if (!date.test(text)) throw new RangeError("not a date");
  const day = Temporal.PlainDate.from(text, { overflow: "reject" }).add({ days: daysLater });
  return new Date(day.toZonedDateTime({ timeZone }).toInstant().epochMilliseconds);
}
