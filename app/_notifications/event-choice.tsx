import { useId } from "react";
import { CircleAlert } from "@/components/ui/icons";
import { type NotificationType, notificationTypes } from "@/db/enums";
import { eventLabels } from "./words";

type Props = {
  chosen: readonly NotificationType[];
  onChange: (chosen: readonly NotificationType[]) => void;
  errors?: readonly string[];
};

/** One checkbox for each event, with the type that its messages have. */
export function EventChoice({ chosen, onChange, errors = [] }: Props) {
  const id = useId();
  const isRefused = errors.length > 0 && chosen.length === 0;
  return (
    <fieldset aria-describedby={isRefused ? id : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">Events</legend>
      {isRefused && (
        <p id={id} className="flex gap-1.5 text-small text-red">
          <CircleAlert className="mt-px size-4 shrink-0" />
          <span>{errors.join(" ")}</span>
        </p>
      )}
      {notificationTypes.map((type, index) => (
        <label key={type} className="grid grid-cols-[auto_1fr] gap-x-2">
          <input
            type="checkbox"
            checked={chosen.includes(type)}
            aria-invalid={(isRefused && index === 0) || undefined}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, type] : chosen.filter((other) => other !== type))
            }
            className="my-0.5 size-4 accent-accent pointer-coarse:my-0 pointer-coarse:size-5"
          />
          <span className="min-w-0">
            {eventLabels[type]} <code className="font-mono text-label wrap-anywhere text-muted">{type}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
