import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { sharedCases } from "@/testing/shared-cases";
import { assertExpiration, type Expiration, expiration, expirationInZone } from "./expiration";

const now = new Date("2026-11-24T14:48:00Z");
const inZone = (date: string, timeZone: string) => expirationInZone.safeParse({ date, timeZone });

function refusalOf(expires: Expiration, maxDays: number, at = now): string | undefined {
  try {
    assertExpiration(expires, at, maxDays);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error).toMatchObject({ code: "invalid", errors: [{ field: "expiresAt", message: error.message }] });
    return error.message;
  }
}

describe("the API's input", () => {
  test.each([
    ["2027-06-01T12:00:00Z", "2027-06-01T12:00:00Z"],
    ["2027-06-01t12:00:00z", "2027-06-01T12:00:00Z"],
    ["2027-06-01T12:00:00.123456789Z", "2027-06-01T12:00:00.123456789Z"],
    ["2027-06-01T12:00:00+02:00", "2027-06-01T10:00:00Z"],
    ["2027-01-01T00:00:00-23:59", "2027-01-01T23:59:00Z"],
    ["2027-06-01T23:59:59-00:00", "2027-06-01T23:59:59Z"],
    ["2027-06-01", "2027-06-02T00:00:00Z"],
    ["2028-02-29", "2028-03-01T00:00:00Z"],
    ["2027-12-31", "2028-01-01T00:00:00Z"],
  ])("%s is the instant %s", (text, instant) => {
    expect(expiration.parse(text)).toEqual({ instant: Temporal.Instant.from(instant), timeZone: "UTC" });
  });

  test.each([
    ["a date that isn't", "2027-02-29"],
    ["a 32nd day", "2027-01-32"],
    ["hour 24", "2027-06-01T24:00:00Z"],
    ["a leap second", "2027-06-30T23:59:60Z"],
    ["minute 60", "2027-06-01T12:60:00Z"],
    ["no seconds", "2027-06-01T12:00Z"],
    ["no offset", "2027-06-01T12:00:00"],
    ["an offset without minutes", "2027-06-01T12:00:00+02"],
    ["an offset of 24 hours", "2027-06-01T12:00:00+24:00"],
    ["a space for the T", "2027-06-01 12:00:00Z"],
    ["a zone's name", "2027-06-01T12:00:00[Europe/Berlin]"],
    ["a zone's name after an offset", "2027-06-01T12:00:00Z[UTC]"],
    ["a week date", "2027-W01-1"],
    ["a date without dashes", "20270601"],
    ["a year with a sign", "+002027-06-01"],
    ["spaces around", " 2027-06-01 "],
    ["a line break", "2027-06-01\n"],
    ["other digits", "２０２７-06-01"],
    ["a number", 1_800_000_000],
    ["null", null],
    ["a date object", new Date()],
  ])("%s is refused", (_what, value) => {
    expect(expiration.safeParse(value).success).toBe(false);
  });

  test("gives the expected result in each shared case", () => {
    for (const { value, expect: expected, why } of sharedCases("expires_at")) {
      expect(expiration.safeParse(value).success ? "accept" : "reject", why).toBe(expected);
    }
  });
});

describe("the form's input", () => {
  test.each([
    ["2027-06-01", "Europe/Berlin", "2027-06-01T22:00:00Z"],
    ["2026-12-01", "Europe/Berlin", "2026-12-01T23:00:00Z"],
    ["2026-12-01", "America/New_York", "2026-12-02T05:00:00Z"],
    ["2026-12-01", "Asia/Kolkata", "2026-12-01T18:30:00Z"],
    ["2026-12-01", "Pacific/Kiritimati", "2026-12-01T10:00:00Z"],
    ["2026-12-01", "UTC", "2026-12-02T00:00:00Z"],
    // Days of a clock change, with 23 and 25 hours.
    ["2027-03-28", "Europe/Berlin", "2027-03-28T22:00:00Z"],
    ["2027-10-31", "Europe/Berlin", "2027-10-31T23:00:00Z"],
    // Midnight is skipped, and the next day begins at one o'clock.
    ["2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ])("the end of %s in %s is %s", (date, timeZone, instant) => {
    expect(inZone(date, timeZone).data).toEqual({ instant: Temporal.Instant.from(instant), timeZone });
  });

  test.each([
    ["no date", "", "UTC"],
    ["a date that isn't", "2027-02-30", "UTC"],
    ["a time", "2027-06-01T12:00", "UTC"],
    ["an unknown zone", "2027-06-01", "Europe/Atlantis"],
    ["no zone", "2027-06-01", ""],
    ["a long zone", "2027-06-01", "x".repeat(65)],
    ["SQL for a zone", "2027-06-01", "UTC'; --"],
    ["the last day that there is", "+275760-09-13", "UTC"],
  ])("%s is refused", (_what, date, timeZone) => {
    expect(inZone(date, timeZone).success).toBe(false);
  });
});

describe("an expiration", () => {
  test.each([
    ["now", "2026-11-24T14:48:00Z", "The expiration date has passed. Choose a date from today on."],
    ["a millisecond ago", "2026-11-24T14:47:59.999Z", "The expiration date has passed. Choose a date from today on."],
    ["in a nanosecond", "2026-11-24T14:48:00.000000001Z", undefined],
    ["at the end of today", "2026-11-24", undefined],
    ["at the end of the last day", "2026-12-24", undefined],
    [
      "a moment after the last day",
      "2026-12-25T00:00:00.000000001Z",
      "A token may live for at most 30 days. Choose a date up to 24 December 2026.",
    ],
    ["in the year 9999", "9999-12-31", "A token may live for at most 30 days. Choose a date up to 24 December 2026."],
  ])("%s gets the expected result", (_when, text, message) => {
    expect(refusalOf(expiration.parse(text), 30)).toBe(message);
  });

  test.each(["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Tokyo", "America/New_York"])(
    "has its last day by the calendar of %s",
    (timeZone) => {
      const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
      const on = (days: number) => expirationInZone.parse({ date: today.add({ days }).toString(), timeZone });
      expect(refusalOf(on(0), 30)).toBeUndefined();
      expect(refusalOf(on(30), 30)).toBeUndefined();
      expect(refusalOf(on(31), 30)).toMatch(/^A token may live for at most 30 days/);
      expect(refusalOf(on(-1), 30)).toMatch(/has passed/);
    },
  );

  test("may be as many days ahead as allowed, across a clock change", () => {
    const summer = new Date("2027-03-27T12:00:00Z");
    const on = (date: string) => expirationInZone.parse({ date, timeZone: "Europe/Berlin" });
    expect(refusalOf(on("2027-03-28"), 1, summer)).toBeUndefined();
    expect(refusalOf(on("2027-03-29"), 1, summer)).toMatch(/at most 1 day/);
  });
});
