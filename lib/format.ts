const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
// Days are used up to 99, so that a new 90-day token reads "in 90 days"; beyond that a month has 30 days.
const steps = [
  { unit: "minute", seconds: minute, below: hour },
  { unit: "hour", seconds: hour, below: day },
  { unit: "day", seconds: day, below: 100 * day },
  { unit: "month", seconds: 30 * day, below: 365 * day },
  { unit: "year", seconds: 365 * day, below: Number.POSITIVE_INFINITY },
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** "3 minutes ago" or "in 6 days", relative to `now`. Rounds down, so as not to promise more time than is left. */
export function relativeTime(instant: Date, now: Date): string {
  const seconds = (instant.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  const step = distance < minute ? undefined : steps.find(({ below }) => distance < below);
  if (!step) return seconds > 0 ? "in less than a minute" : "just now";
  return relative.format(Math.sign(seconds) * Math.floor(distance / step.seconds), step.unit);
}

/** "24 Nov 2026, 14:48 UTC", with seconds if they are not zero, or always. `timeZone` is an IANA name. */
export function exactTime(instant: Date, timeZone = "UTC", { alwaysSeconds = false } = {}): string {
  const found = parts(instant, { timeZone, ...clock });
  return `${found.day} ${found.month} ${found.year}, ${clockOf(found, alwaysSeconds)}`;
}

/** "14:48 UTC", with seconds if they are not zero. */
export function clockTime(instant: Date, timeZone = "UTC"): string {
  return clockOf(parts(instant, { timeZone, ...clock }));
}

const clock = {
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
} as const;

function clockOf({ hour, minute, second, timeZoneName }: Parts, alwaysSeconds = false): string {
  return second === "00" && !alwaysSeconds
    ? `${hour}:${minute} ${timeZoneName}`
    : `${hour}:${minute}:${second} ${timeZoneName}`;
}

/** "24 Nov". */
export function dayAndMonth(instant: Date, timeZone = "UTC"): string {
  const { month, day } = parts(instant, { timeZone });
  return `${day} ${month}`;
}

/** "Tuesday, 24 November 2026". */
export function weekdayDate(instant: Date, timeZone = "UTC"): string {
  const { weekday, year, month, day } = parts(instant, { timeZone, weekday: "long", month: "long" });
  return `${weekday}, ${day} ${month} ${year}`;
}

/** "24 Nov 2026". */
export function exactDate(instant: Date, timeZone = "UTC"): string {
  const { year, month, day } = parts(instant, { timeZone });
  return `${day} ${month} ${year}`;
}

/** "512 B", "1.5 KiB", "48 KiB", "2 MiB". */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes.toLocaleString("en")} B`;
  const [size, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KiB"] : [bytes / 1024 / 1024, "MiB"];
  return `${size.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}

/** "1 token", "1,200 tokens". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;

// Built from parts, since the order and spaces of ready-made formats differ between the ICU of Node and of browsers.
function parts(instant: Date, options: Intl.DateTimeFormatOptions): Parts {
  // Earlier years and invalid dates are Intl's, which shows "99" for 0099 and refuses what is no date.
  if (options.timeZone === "UTC" && !options.weekday && instant.getUTCFullYear() >= 1000) return partsInUtc(instant);
  const found: Parts = {};
  for (const { type, value } of formatFor(options).formatToParts(instant)) found[type] = value;
  return found;
}

/** Takes "Tue, 24 Nov 2026 14:48:00 GMT" apart. The server shows all instants in UTC, and Intl takes ten times as long. */
function partsInUtc(instant: Date): Parts {
  const [, day, month, year, hour, minute, second] = instant.toUTCString().split(/[ :]/);
  return { day: String(Number(day)), month, year, hour, minute, second, timeZoneName: "UTC" };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Cached: creating a format costs a hundred times its use, and a list shows sixty times. */
function formatFor(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", { year: "numeric", month: "short", day: "numeric", ...options });
  // Bounded, although Intl refuses unknown time zones.
  if (formats.size < 1000) formats.set(key, format);
  return format;
}
