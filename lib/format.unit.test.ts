import { describe, expect, test } from "vitest";
import { byteSize, clockTime, count, dayAndMonth, exactDate, exactTime, relativeTime, weekdayDate } from "./format";

const now = new Date("2026-11-24T14:48:00Z");
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const hour = 3600;
const day = 24 * hour;

describe("relativeTime", () => {
  test.each([
    [0, "just now"],
    [-59, "just now"],
    [1, "in less than a minute"],
    [-60, "1 minute ago"],
    [-3 * 60 - 59, "3 minutes ago"],
    [59 * 60, "in 59 minutes"],
    [hour, "in 1 hour"],
    [-23 * hour, "23 hours ago"],
    [day, "in 1 day"],
    [7 * day - 1, "in 6 days"],
    [90 * day + hour, "in 90 days"],
    [-100 * day, "3 months ago"],
    [364 * day, "in 12 months"],
    [365 * day + hour, "in 1 year"],
    [-3 * 365 * day, "3 years ago"],
  ])("%i seconds from now is %s", (seconds, words) => {
    expect(relativeTime(after(seconds), now)).toBe(words);
  });
});

describe("exactTime", () => {
  test("has seconds always, where they are asked for", () => {
    expect(exactTime(now, "UTC", { alwaysSeconds: true })).toBe("24 Nov 2026, 14:48:00 UTC");
  });

  test("formats the instant in UTC, or in the given time zone", () => {
    expect(exactTime(now)).toBe("24 Nov 2026, 14:48 UTC");
    expect(exactTime(now, "Europe/Berlin")).toBe("24 Nov 2026, 15:48 GMT+1");
    expect(exactTime(now, "America/New_York")).toBe("24 Nov 2026, 09:48 EST");
  });
  test("shows seconds if they are not zero", () => {
    expect(exactTime(new Date("2026-01-05T07:08:09Z"))).toBe("5 Jan 2026, 07:08:09 UTC");
  });
  test("shows midnight as 00:00 of the new day", () => {
    expect(exactTime(new Date("2026-11-25T00:00:00Z"))).toBe("25 Nov 2026, 00:00 UTC");
    expect(exactTime(new Date("2026-06-30T22:00:00Z"), "Europe/Berlin")).toBe("1 Jul 2026, 00:00 GMT+2");
  });
});

test("an instant in UTC is formatted without Intl as Intl does it", () => {
  for (let month = 0; month < 12; month++) {
    const instant = new Date(Date.UTC(2026, month, month + 3, 23 - month, month, month));
    // Another name of the same zone.
    expect(exactTime(instant)).toBe(exactTime(instant, "Etc/UTC"));
    expect(exactDate(instant)).toBe(exactDate(instant, "Etc/UTC"));
    expect(clockTime(instant)).toBe(clockTime(instant, "Etc/UTC"));
    expect(dayAndMonth(instant)).toBe(dayAndMonth(instant, "Etc/UTC"));
  }
});

test.each(["0099-01-02T03:04:00Z", "-000001-01-02T03:04:00Z", "1000-01-01T00:00:00Z", "+012026-01-02T03:04:00Z"])(
  "%s is formatted in UTC as Intl does it",
  (text) => {
    const instant = new Date(text);
    expect(exactTime(instant)).toBe(exactTime(instant, "Etc/UTC"));
    expect(exactDate(instant)).toBe(exactDate(instant, "Etc/UTC"));
  },
);

test("what is no date is refused", () => {
  expect(() => exactTime(new Date(Number.NaN))).toThrow(RangeError);
});

test("exactDate formats the day in the given time zone", () => {
  const lateEvening = new Date("2026-09-30T23:30:00Z");
  expect(exactDate(lateEvening)).toBe("30 Sep 2026");
  expect(exactDate(lateEvening, "Asia/Tokyo")).toBe("1 Oct 2026");
});

test.each([
  [0, "0 B"],
  [1023, "1,023 B"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [48 * 1024, "48 KiB"],
  [2 * 1024 * 1024, "2 MiB"],
])("%i bytes are formatted as %s", (bytes, words) => {
  expect(byteSize(bytes)).toBe(words);
});

test("count picks singular or plural", () => {
  expect(count(1, "token")).toBe("1 token");
  expect(count(1200, "token")).toBe("1,200 tokens");
  expect(count(2, "access", "accesses")).toBe("2 accesses");
});

test("the parts of an instant are formatted alone", () => {
  const midnight = new Date("2027-02-28T23:00:00Z");
  expect(weekdayDate(midnight)).toBe("Sunday, 28 February 2027");
  expect(dayAndMonth(midnight, "Europe/Berlin")).toBe("1 Mar");
  expect(clockTime(midnight, "Europe/Berlin")).toBe("00:00 GMT+1");
});
