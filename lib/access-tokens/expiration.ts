import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { type DomainError, invalid } from "@/lib/errors";
import { readInstant } from "@/lib/instant";

/** An instant of expiry, and the time zone of "today" when its distance is checked. */
export type Expiration = { instant: Temporal.Instant; timeZone: string };

const date = /^\d{4}-\d{2}-\d{2}$/;

/** Parses the API's input: an RFC 3339 instant with an offset, or a date, which means the following midnight UTC. */
export const expiration = z.string({ error: "Give a date or an RFC 3339 instant." }).transform((text, context) => {
  const instant = attempt(() => readInstant(text) ?? endOfDay(text, "UTC"));
  if (instant) return { instant, timeZone: "UTC" } satisfies Expiration;
  context.addIssue({
    code: "custom",
    message: "Give a date such as 2027-06-01, or an RFC 3339 instant with an offset such as 2027-06-01T12:00:00Z.",
  });
  return z.NEVER;
});

/** Parses a form's input: a date and the viewer's time zone, for the end of that day. `message` is for any other input. */
export function dateInZone(message: string) {
  return z.object({ date: z.string(), timeZone: z.string().max(64) }).transform(({ date, timeZone }, context) => {
    const instant = attempt(() => endOfDay(date, timeZone));
    if (instant) return { instant, timeZone } satisfies Expiration;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

export const expirationInZone = dateInZone("Choose an expiration date.");

/** Throws `invalid` if the instant isn't in the future, or its date is more than `maxDays` after today. */
export function assertExpiration(expiration: Expiration, now: Date, maxDays: number): void {
  assertWithinDays(expiration, now, maxDays, {
    passed: () => refused("The expiration date has passed. Choose a date from today on."),
    tooLate: (latest) => refused(`A token may live for at most ${maxDays} days. Choose a date up to ${latest}.`),
  });
}

type Refusals = { passed: () => DomainError; tooLate: (latest: string) => DomainError };

/** The same with other words; `latest` is the last date that may be chosen. */
export function assertWithinDays(
  { instant, timeZone }: Expiration,
  now: Date,
  maxDays: number,
  { passed, tooLate }: Refusals,
): void {
  const current = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  if (Temporal.Instant.compare(instant, current) <= 0) throw passed();
  const lastDate = current.toZonedDateTimeISO(timeZone).toPlainDate().add({ days: maxDays });
  if (Temporal.Instant.compare(instant, startOfDay(lastDate.add({ days: 1 }), timeZone)) > 0) {
    throw tooLate(lastDate.toLocaleString("en-GB", { day: "numeric", month: "long", year: "numeric" }));
  }
}

/** The midnight that follows the date, or the next day's first instant if that midnight does not exist. */
function endOfDay(text: string, timeZone: string): Temporal.Instant {
  if (!date.test(text)) throw new RangeError("not a date");
  return startOfDay(Temporal.PlainDate.from(text, { overflow: "reject" }).add({ days: 1 }), timeZone);
}

function startOfDay(day: Temporal.PlainDate, timeZone: string): Temporal.Instant {
  return day.toZonedDateTime({ timeZone }).toInstant();
}

export function dateOf({ instant }: Expiration): Date {
  return new Date(instant.epochMilliseconds);
}

function refused(message: string): DomainError {
  return invalid("expiresAt", message);
}

/** The parsed value, or undefined for a date that does not exist. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
