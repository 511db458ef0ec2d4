"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import { dateIn, expiryInWords } from "./expiry";

type Props = { maxLifetimeDays: number; timeZone: string; errors?: readonly string[] };

const usualDays = 30;
const presets = [
  { days: 7, label: "7 days" },
  { days: usualDays, label: "30 days" },
  { days: 60, label: "60 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
];

/** The presets that are allowed. The longest allowed time is one if it is shorter than the usual one. */
function presetsUpTo(maxDays: number) {
  const allowed = presets.filter(({ days }) => days <= maxDays);
  const isListed = maxDays >= usualDays || allowed.some(({ days }) => days === maxDays);
  return isListed ? allowed : [...allowed, { days: maxDays, label: maxDays === 1 ? "1 day" : `${maxDays} days` }];
}

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ maxLifetimeDays, timeZone, errors }: Props) {
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState(() => dateIn(Math.min(usualDays, maxLifetimeDays)));

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
