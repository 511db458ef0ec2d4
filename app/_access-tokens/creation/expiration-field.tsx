"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import { dateIn, expiryInWords, presetsUpTo, startDays } from "./expiry";

type Props = { maxLifetimeDays: number; timeZone: string; errors?: readonly string[] };

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ maxLifetimeDays, timeZone, errors }: Props) {
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState(() => dateIn(startDays(maxLifetimeDays)));

  function choose(days: number) {
    setDate(dateIn(days));
    dismiss();
  }

  return (
    <Field
      label="Expiration Date"
      name="expiresAt"
      type="date"
      required
      min={dateIn(0)}
      max={dateIn(maxLifetimeDays)}
      value={date}
      onChange={(event) => setDate(event.target.value)}
      errors={shown}
      help={expiryInWords(date, timeZone)}
      below={presetsUpTo(maxLifetimeDays).map(({ days, label }) => (
        <Button key={days} variant="secondary" aria-pressed={date === dateIn(days)} onClick={() => choose(days)}>
          {label}
        </Button>
      ))}
    />
  );
}
