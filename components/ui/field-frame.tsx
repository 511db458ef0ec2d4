import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useFreshErrors } from "./use-fresh-errors";

export type FieldText = {
  label: string;
  help?: ReactNode;
  errors?: readonly string[];
};

type ControlProps = {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
  onInput: () => void;
};

type Parts = { control: ControlProps; label: ReactNode; notes: ReactNode };

/** Ties a label, a control, its help and its errors together; `children` puts them in place. */
export function FieldFrame({
  label,
  help,
  errors: answered,
  children,
}: FieldText & { children: (parts: Parts) => ReactNode }) {
  const id = useId();
  const [errors, dismiss] = useFreshErrors(answered);
  const invalid = errors.length > 0;
  const describedBy = [invalid && `${id}-error`, help && `${id}-help`].filter(Boolean).join(" ");
  return children({
    control: {
      id,
      "aria-invalid": invalid || undefined,
      "aria-describedby": describedBy || undefined,
      onInput: dismiss,
    },
    label: (
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
    ),
    notes: (
      <>
        {help && (
          <p id={`${id}-help`} className="text-small text-muted">
            {help}
          </p>
        )}
        {invalid && <FieldError id={`${id}-error`} errors={errors} />}
      </>
    ),
  });
}

function FieldError({ id, errors }: { id: string; errors: readonly string[] }) {
  return (
    <p id={id} className="flex gap-1.5 text-small text-red">
      <CircleAlert aria-hidden className="mt-px size-4 shrink-0" />
      <span>{errors.join(" ")}</span>
    </p>
  );
}
