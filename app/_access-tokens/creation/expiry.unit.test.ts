import { expect, test } from "vitest";
import { dateIn, expiryInWords, lastDayUntil, presetsUpTo, startDays } from "./expiry";

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
// Local noon, so that the test holds in every time zone.
const now = new Date(2026, 10, 30, 12);
const inWords = (date: string) => expiryInWords(date, timeZone, now);

test("dateIn counts days over the ends of months and years", () => {
  expect([0, 1, 90, 365].map((days) => dateIn(days, now))).toEqual([
    "2026-11-30",
    "2026-12-01",
    "2027-02-28",
    "2027-11-30",
  ]);
});

test("a token that expires at midnight expires on the day before", () => {
  expect(lastDayUntil(new Date(2026, 11, 31))).toBe("2026-12-30");
  expect(lastDayUntil(new Date(2026, 11, 31, 0, 0, 1))).toBe("2026-12-31");
});

test("the last day, the instant of expiry and the days until then are in the sentence", () => {
  expect(inWords("2027-02-28")).toMatch(
    /^Expires when Sunday, 28 February 2027 is over \(1 Mar, 00:00 .+\), in 90 days\.$/,
  );
  expect(inWords("2026-12-01")).toMatch(/, in 1 day\.$/);
  expect(inWords("2026-11-30")).toMatch(/^Expires when Monday, 30 November 2026 is over \(1 Dec, 00:00 .+\), today\.$/);
});

test("without a date, and with one that is over, it says what to do", () => {
  for (const date of ["", "20", "2027", "0026-01-01"])
    expect(inWords(date)).toBe("Expires at the end of the day that you choose.");
  expect(inWords("2026-11-29")).toBe("This day is over. Choose a date from today on.");
});

test.each([
  [365, ["7 days", "30 days", "60 days", "90 days", "1 year"]],
  [89, ["7 days", "30 days", "60 days"]],
  [30, ["7 days", "30 days"]],
  [20, ["7 days", "20 days"]],
  [7, ["7 days"]],
  [1, ["1 day"]],
])(
  "with at most %i days, the presets that are allowed are %j, and the longest up to 30 days is chosen",
  (maxDays, labels) => {
    const presets = presetsUpTo(maxDays).filter(({ isAllowed }) => isAllowed);
    expect(presets.map(({ label }) => label)).toEqual(labels);
    expect(startDays(maxDays)).toBe(Math.min(30, maxDays));
    expect(presets.map(({ days }) => days)).toContain(startDays(maxDays));
  },
);

test("presets beyond the longest time are there, and not allowed", () => {
  const presets = presetsUpTo(20).map(({ label, isAllowed }) => [label, isAllowed]);
  expect(presets).toEqual([
    ["7 days", true],
    ["20 days", true],
    ["30 days", false],
    ["60 days", false],
    ["90 days", false],
    ["1 year", false],
  ]);
});
