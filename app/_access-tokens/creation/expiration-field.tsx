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
  /** Why no later day than the kept one is offered. */
  laterRefused?: string | undefined;
};

/** A date in the viewer's time zone, and the instant of expiry that it stands for. */
export function ExpirationField({ longest, timeZone, errors, kept, laterRefused }: Props) {
  const keptDate = kept && lastDayUntil(kept);
  const [shown, dismiss] = useFreshErrors(errors);
  const [date, setDate] = useState(() => keptDate ?? dateIn(startDays(longest.days)));
  const isKept = date === keptDate;
  const lastDay = dateIn(longest.days);
  const presets = presetsUpTo(longest.days)
    .map(({ days, label, isAllowed }) => ({ label, day: dateIn(days), isAllowed }))
    .filter(({ day }) => day !== keptDate)
    .map((preset) => ({ ...preset, refused: preset.isAllowed ? refusalOf(preset.day) : longestInWords(longest) }));
  const reasons = new Set([...presets.map(({ refused }) => refused), laterRefused].filter((reason) => reason));

  /** Of a day within the longest lifetime. */
  function refusalOf(day: string): string | undefined {
    return keptDate && day > keptDate ? laterRefused : undefined;
  }

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
      max={refusalOf(lastDay) ? keptDate : lastDay}
      value={date}
      onChange={(event) => setDate(event.target.value)}
      errors={shown}
      help={isKept ? keptInWords(kept, timeZone) : expiryInWords(date, timeZone)}
      below={
        <>
          {keptDate && <Preset label="Unchanged" day={keptDate} chosen={date} onChoose={choose} />}
          {presets.map(({ label, day, refused }) => (
            <Preset key={label} label={label} day={day} refused={refused} chosen={date} onChoose={choose} />
          ))}
          {[...reasons].map((reason) => (
            <p key={reason} className="basis-full text-small text-muted">
              {reason}
            </p>
          ))}
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
