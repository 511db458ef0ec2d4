"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import { exactTime, relativeTime } from "@/lib/format";
import type { LongestLifetime } from "@/lib/policies/policy";
import { dateIn, expiryInWords, lastDayUntil, presetsUpTo, startDays } from "./expiry";
import { longestInWords } from "./policy-words";

type Props = {
  longest: LongestLifetime;
  timeZone: string;
  errors?: readonly string[];
  /** When the token expires now. It is kept, and not sent, unless another day is chosen. */
  kept?: Date;
};

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ longest, timeZone, errors, kept }: Props) {
  const keptDate = kept && lastDayUntil(kept);
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState(() => keptDate ?? dateIn(startDays(longest.days)));
  const isKept = date === keptDate;
  const presets = presetsUpTo(longest.days).filter(({ days }) => dateIn(days) !== keptDate);

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
      max={dateIn(longest.days)}
      value={date}
      onChange={(event) => setDate(event.target.value)}
      errors={shown}
      help={isKept ? keptInWords(kept, timeZone) : expiryInWords(date, timeZone)}
      below={
        <>
          {keptDate && <Preset label="Unchanged" day={keptDate} chosen={date} onChoose={choose} />}
          {presets.map(({ days, label, isAllowed }) => (
            <Preset
              key={label}
              label={label}
              day={dateIn(days)}
              refused={isAllowed ? undefined : longestInWords(longest)}
              chosen={date}
              onChoose={choose}
            />
          ))}
          {presets.some(({ isAllowed }) => !isAllowed) && (
            <p className="basis-full text-small text-muted">{longestInWords(longest)}</p>
          )}
        </>
      }
    />
  );
}

type PresetProps = {
  label: string;
  day: string;
  chosen: string;
  /** Why it is not offered. */
  refused?: string | undefined;
  onChoose: (day: string) => void;
};

function Preset({ label, day, chosen, refused, onChoose }: PresetProps) {
  return (
    <Button
      variant="secondary"
      aria-pressed={chosen === day}
      disabled={refused !== undefined}
      title={refused}
      onClick={() => onChoose(day)}
    >
      {label}
    </Button>
  );
}

function keptInWords(kept: Date | undefined, timeZone: string): string | undefined {
  return kept && `Unchanged: expires on ${exactTime(kept, timeZone)}, ${relativeTime(kept, new Date())}.`;
}
