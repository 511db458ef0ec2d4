"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import { exactTime, relativeTime } from "@/lib/format";
import { dateIn, expiryInWords, lastDayUntil, presetsUpTo, startDays } from "./expiry";

type Props = {
  maxLifetimeDays: number;
  timeZone: string;
  errors?: readonly string[];
  /** When the token expires now. It is kept, and not sent, unless another day is chosen. */
  kept?: Date;
};

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ maxLifetimeDays, timeZone, errors, kept }: Props) {
  const keptDate = kept && lastDayUntil(kept);
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState(() => keptDate ?? dateIn(startDays(maxLifetimeDays)));
  const isKept = date === keptDate;

  function choose(day: string) {
    setDate(day);
    dismiss();
  }

  return (
    <Field
      label="Expiration Date"
      name={isKept ? undefined : "expiresAt"}
      type="date"
      required
      min={dateIn(0)}
      max={dateIn(maxLifetimeDays)}
      value={date}
      onChange={(event) => setDate(event.target.value)}
      errors={shown}
      help={isKept ? keptInWords(kept, timeZone) : expiryInWords(date, timeZone)}
      below={[
        ...(keptDate ? [{ label: "Unchanged", day: keptDate }] : []),
        ...presetsUpTo(maxLifetimeDays)
          .map(({ days, label }) => ({ label, day: dateIn(days) }))
          .filter(({ day }) => day !== keptDate),
      ].map(({ label, day }) => (
        <Button key={label} variant="secondary" aria-pressed={date === day} onClick={() => choose(day)}>
          {label}
        </Button>
      ))}
    />
  );
}

function keptInWords(kept: Date | undefined, timeZone: string): string | undefined {
  return kept && `Unchanged: expires on ${exactTime(kept, timeZone)}, ${relativeTime(kept, new Date())}.`;
}
