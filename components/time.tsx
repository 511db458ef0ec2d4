"use client";

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "@/lib/format";

type Props = {
  instant: Date;
  /** The server's clock, so that the browser's first rendering says the same. */
  now: Date;
};

/**
 * How long ago or ahead; the exact instant, in the viewer's time zone, on hover and for those who hear it. Once the page
 * is alive, for the server doesn't know the zone.
 */
export function Time({ instant, now }: Props) {
  const timeZone = useSyncExternalStore(never, zone, unknown);
  const exact = timeZone && exactTime(instant, timeZone);
  return (
    <time dateTime={instant.toISOString()} title={exact}>
      {relativeTime(instant, now)}
      {exact && <span className="sr-only">{` (${exact})`}</span>}
    </time>
  );
}

/** The viewer's time zone; UTC on the server and until the page has come to life. */
export function useTimeZone(): string {
  return useSyncExternalStore(never, zone, utc);
}

const never = () => () => {};
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const utc = () => "UTC";
const unknown = () => undefined;
