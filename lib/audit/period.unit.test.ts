import { expect, test } from "vitest";
import { periodOf } from "./period";

test.each([
  ["2026-11-24", "2026-11-24", "UTC", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"],
  ["2026-11-24", "2026-11-25", "Europe/Berlin", "2026-11-23T23:00:00.000Z", "2026-11-25T23:00:00.000Z"],
  // A day of 23 hours, and one without a midnight.
  ["2026-03-29", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["2026-09-06", "2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z", "2026-09-07T03:00:00.000Z"],
])("%s to %s in %s", (first, last, zone, from, to) => {
  expect(periodOf(first, last, zone)).toEqual({ from: new Date(from), to: new Date(to) });
});

test("one of the two is enough", () => {
  expect(periodOf("2026-11-24", undefined, "UTC")).toEqual({ from: new Date("2026-11-24"), to: undefined });
  expect(periodOf(undefined, "2026-11-24", "UTC")).toEqual({ from: undefined, to: new Date("2026-11-25") });
});

test.each([
  ["2026-02-30", "UTC"],
  ["24.11.2026", "UTC"],
  ["0000-01-01", "UTC"],
  ["9999-12-31", "UTC"],
  ["now", "UTC"],
  ["2026-11-24", "Atlantis"],
  ["2026-11-24", "\0"],
])("%j in %j is none", (day, zone) => {
  expect(periodOf(day, undefined, zone)).toBeUndefined();
  expect(periodOf(undefined, day, zone)).toBeUndefined();
});
