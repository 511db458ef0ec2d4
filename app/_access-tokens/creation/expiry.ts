import { clockTime, count, dayAndMonth, weekdayDate } from "@/lib/format";

const usualDays = 30;
const presets = [
  { days: 7, label: "7 days" },
  { days: usualDays, label: "30 days" },
  { days: 60, label: "60 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
];

/** The presets, and which are allowed. The longest allowed time is one if it is shorter than the usual one. */
export function presetsUpTo(maxDays: number) {
  const isListed = maxDays >= usualDays || presets.some(({ days }) => days === maxDays);
  const longest = { days: maxDays, label: count(maxDays, "day") };
  return [...presets, ...(isListed ? [] : [longest])]
    .toSorted((one, other) => one.days - other.days)
    .map((preset) => ({ ...preset, isAllowed: preset.days <= maxDays }));
}

/** The days that are chosen at the start. They are always one of the presets. */
export function startDays(maxDays: number): number {
  return Math.min(usualDays, maxDays);
}

/** The local date `days` from today, as YYYY-MM-DD. */
export function dateIn(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The local date, as YYYY-MM-DD, of the last day that has begun before the instant. */
export function lastDayUntil(instant: Date): string {
  return dateIn(0, new Date(instant.getTime() - 1));
}

/**
 * "Expires when Sunday, 28 February 2027 is over (1 Mar, 00:00 GMT+1), in 90 days." The server calculates the same
 * instant from the date and the time zone.
 */
export function expiryInWords(date: string, timeZone: string, now = new Date()): string {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split("-").map(Number);
  if (!(year >= 1000 && month >= 1 && day >= 1)) return "Expires at the end of the day that you choose.";
  const midnight = new Date(year, month - 1, day + 1);
  const days = Math.round((Date.UTC(year, month - 1, day) - todayInUtc(now)) / 86_400_000);
  if (days < 0) return "This day is over. Choose a date from today on.";
  const lastDay = weekdayDate(new Date(Date.UTC(year, month - 1, day)));
  const instant = `${dayAndMonth(midnight, timeZone)}, ${clockTime(midnight, timeZone)}`;
  return `Expires when ${lastDay} is over (${instant}), ${inDays(days)}.`;
}

function todayInUtc(now: Date): number {
  return Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
}

function inDays(days: number): string {
  if (days === 0) return "today";
  return days === 1 ? "in 1 day" : `in ${days} days`;
}
