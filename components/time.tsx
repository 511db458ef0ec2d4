"use client";

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "@/lib/format";

type Props = {
  instant: Date;
  /** The server's clock, so that hydration renders the same text. */
  now: Date;
};

/**
 * A relative time, such as "2 days ago". After hydration, hover and screen readers get the exact instant in the viewer's
 * time zone, which the server does not know.
 */
export function Time({ instant, now }: Props) {
  const timeZone = useSyncExternalStore(never, zone, unknown);
  const exact = timeZone && exactTime(instant, timeZone);
  return (
    <time dateTime={instant.toISOString()} title={exact} data-exact={exact}>
      {relativeTime(instant, now)}
      {exact && <span className="sr-only">{` (${exact})`}</span>}
    </time>
  );
}

/** The viewer's time zone. UTC on the server and during hydration. */
export function useTimeZone(): string {
  return useSyncExternalStore(never, zone, utc);
}

const never = () => () => {};
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const utc = () => "UTC";
const unknown = () => undefined;
