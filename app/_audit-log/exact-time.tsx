"use client";

import { useTimeZone } from "@/components/time";
import { exactTime } from "@/lib/format";

export function ExactTime({ instant }: { instant: Date }) {
  return <time dateTime={instant.toISOString()}>{exactTime(instant, useTimeZone())}</time>;
}
