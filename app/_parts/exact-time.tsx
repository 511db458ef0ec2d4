"use client";

import { useTimeZone } from "@/components/time";
import { exactTime, relativeTime } from "@/lib/format";

/** In the viewer's time zone, which the text names. With `now`, the server's clock, a hint says how long ago that was. */
export function ExactTime({ instant, now }: { instant: Date; now?: Date }) {
  return (
    <time dateTime={instant.toISOString()} title={now && relativeTime(instant, now)}>
      {exactTime(instant, useTimeZone(), { alwaysSeconds: now !== undefined })}
    </time>
  );
}
