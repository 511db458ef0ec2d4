"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";
import { CircleAlert } from "./icons";
import { noAutofill } from "./no-autofill";
import { Select } from "./select";
import { useFreshErrors } from "./use-fresh-errors";

type FieldText = {
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

/** Connects a label, a control, its help and its errors. `children` arranges them. */
function FieldFrame({
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
        {invalid && <FieldError id={`${id}-error`} errors={errors} />}
        {help && (
          <p id={`${id}-help`} className="text-small text-muted">
            {help}
          </p>
        )}
      </>
    ),
  });
}

function FieldError({ id, errors }: { id: string; errors: readonly string[] }) {
  return (
    <p id={id} className="flex gap-1.5 text-small text-red">
      <CircleAlert className="mt-px size-4 shrink-0" />
      <span>{errors.join(" ")}</span>
    </p>
  );
}

type FieldProps = Omit<ComponentProps<"input">, "id"> &
  FieldText & {
    /** Shown below the input and its notes, such as presets. */
    below?: ReactNode;
  };

export function Field({ label, help, errors, below, className, ...input }: FieldProps) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <input {...input} {...parts.control} className={cx(controlClass, className)} />
          {parts.notes}
          {below && <div className="flex flex-wrap gap-2">{below}</div>}
        </div>
      )}
    </FieldFrame>
  );
}

type TextAreaFieldProps = Omit<ComponentProps<"textarea">, "id"> & FieldText;

/** Several lines of monospace text, without wrapping, correction or autofill. */
export function TextAreaField({ label, help, errors, className, ...textarea }: TextAreaFieldProps) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <textarea
            rows={5}
            wrap="off"
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            spellCheck={false}
            {...noAutofill}
            {...textarea}
            {...parts.control}
            className={cx(controlClass, "h-auto! resize-y py-1.5 font-mono", className)}
          />
          {parts.notes}
        </div>
      )}
    </FieldFrame>
  );
}

type SelectFieldProps = Omit<ComponentProps<typeof Select>, "id" | "aria-label"> & FieldText;

export function SelectField({ label, help, errors, onChange, ...select }: SelectFieldProps) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {({ control: { onInput: dismiss, ...control }, ...parts }) => (
        <div className="flex flex-col gap-1.5">
          {parts.label}
          <Select
            {...select}
            {...control}
            // Not on input, which comes first: React would render again and take the choice back.
            onChange={(event) => {
              dismiss();
              onChange?.(event);
            }}
          />
          {parts.notes}
        </div>
      )}
    </FieldFrame>
  );
}

type CheckboxFieldProps = Omit<ComponentProps<"input">, "id" | "type"> & FieldText;

export function CheckboxField({ label, help, errors, ...input }: CheckboxFieldProps) {
  return (
    <FieldFrame label={label} help={help} errors={errors}>
      {(parts) => (
        <div className="grid grid-cols-[auto_1fr] gap-x-2 gap-y-1">
          <input
            {...input}
            {...parts.control}
            type="checkbox"
            className="my-0.5 size-4 accent-accent pointer-coarse:my-0 pointer-coarse:size-5"
          />
          {parts.label}
          <div className="col-start-2 flex flex-col gap-1.5">{parts.notes}</div>
        </div>
      )}
    </FieldFrame>
  );
}

/** What a form sends besides what is typed; empty values are left out. */
export function HiddenFields({ fields }: { fields: Record<string, string | undefined> }) {
  return Object.entries(fields).map(
    ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
  );
}
