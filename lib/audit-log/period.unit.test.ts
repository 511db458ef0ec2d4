import { expect, test } from "vitest";
import { edgeOf, periodOf } from "./period";

test.each([
  ["2026-11-24", "2026-11-24", "UTC", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"],
  ["2026-11-24", "2026-11-25", "Europe/Berlin", "2026-11-23T23:00:00.000Z", "2026-11-25T23:00:00.000Z"],
  // A day of 23 hours, and one without a midnight.
  ["2026-03-29", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["2026-09-06", "2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z", "2026-09-07T03:00:00.000Z"],
])("%s to %s in %s is one period", (first, last, zone, from, to) => {
  expect(periodOf(first, last, zone)).toEqual({ from: new Date(from), to: new Date(to) });
});

test("a period needs only one of the two days", () => {
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
])("%j in %j is not a period", (day, zone) => {
  expect(periodOf(day, undefined, zone)).toBeUndefined();
  expect(periodOf(undefined, day, zone)).toBeUndefined();
});

test.each([
  ["2026-11-24", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"],
  ["2026-11-24T09:30:00Z", "2026-11-24T09:30:00.000Z", "2026-11-24T09:30:00.000Z"],
  ["2026-11-24t09:30:00.5+01:00", "2026-11-24T08:30:00.500Z", "2026-11-24T08:30:00.500Z"],
  // An instant between two milliseconds is after the first.
  ["2026-11-24T09:30:00.000000001Z", "2026-11-24T09:30:00.001Z", "2026-11-24T09:30:00.001Z"],
])("%s as an edge of a period", (text, from, to) => {
  expect(edgeOf(text, "from")).toEqual(new Date(from));
  expect(edgeOf(text, "to")).toEqual(new Date(to));
});

test.each([
  ...["", "now", "2026-02-30", "24.11.2026", "0000-01-01", "9999-12-31", "2026-11-24T09:30", "2026-11-24T09:30:00"],
  ...[
    "2026-02-30T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "2026-11-24\0",
  ],
  ...["2026-11-24T09:30:00 01:00", "1e12", "1795512600000", "+012026-11-24T00:00:00Z"],
])("%j is not an edge of a period", (text) => {
  expect(edgeOf(text, "from")).toBeUndefined();
  expect(edgeOf(text, "to")).toBeUndefined();
});
