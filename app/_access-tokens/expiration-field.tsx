"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import { exactTime } from "@/lib/format";

type Props = { maxLifetimeDays: number; timeZone: string; errors?: readonly string[] };

const presets = [
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
  { days: 60, label: "60 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
];

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ maxLifetimeDays, timeZone, errors }: Props) {
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState("");
  const expiry = endOfDay(date);

  function choose(days: number) {
    setDate(dateIn(days));
    dismiss();
  }

  return (
    <div className="flex flex-col gap-2">
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
        help={
          expiry
            ? `Expires at the end of that day: ${exactTime(expiry, timeZone)}.`
            : "Expires at the end of the day that you choose."
        }
        beside={presets
          .filter(({ days }) => days <= maxLifetimeDays)
          .map(({ days, label }) => (
            <Button key={days} variant="secondary" aria-pressed={date === dateIn(days)} onClick={() => choose(days)}>
              {label}
            </Button>
          ))}
      />
    </div>
  );
}

/** The local date `days` from today, as YYYY-MM-DD. */
function dateIn(days: number): string {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The following local midnight. The server calculates the same instant. */
function endOfDay(date: string): Date | undefined {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split("-").map(Number);
  if (!(year >= 1000)) return undefined;
  return new Date(year, month - 1, day + 1);
}
