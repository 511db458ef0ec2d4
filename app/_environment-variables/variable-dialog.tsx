"use client";

import { type Ref, useRef, useState } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { Callout } from "@/components/ui/callout";
import { Field, TextAreaField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { limits, valueTooLong } from "@/lib/environment-variables/limits";
import type { Environment } from "@/lib/environment-variables/queries";
import { warningAbout } from "@/lib/environment-variables/reserved-names";
import { byteSize } from "@/lib/format";
import { type FormState, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { setVariableAction } from "./actions";

const encoder = new TextEncoder();

/** The length in UTF-8, which the limits count. */
function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

const setVariable = reachable(setVariableAction);

/** `expected`: the revision to replace, or null for a new variable. */
type Input = TokenRef & { name: string; value: string; expected: string | null };

async function send(previous: FormState<void>, { value, expected, ...rest }: Input): Promise<FormState<void>> {
  // The server may refuse a larger form unread, without naming the field.
  if (bytesOf(value) > limits.valueBytes) return { status: "failed", fields: { value: [valueTooLong] } };
  const form = toForm({ ...rest, value: JSON.stringify(value), ...(expected !== null && { expected }) });
  return setVariable(previous, form);
}

type NameFieldProps = {
  name: string;
  /** Without it the name is read-only. */
  onChange?: (name: string) => void;
  errors?: readonly string[];
};

/** The name, with a warning if it is allowed but has side effects. */
function NameField({ name, onChange, errors }: NameFieldProps) {
  const warning = onChange && warningAbout(name);
  return (
    <div>
      <Field
        label="Name"
        value={name}
        readOnly={!onChange}
        onChange={(event) => onChange?.(event.target.value)}
        required
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="off"
        spellCheck={false}
        className="font-mono read-only:bg-hover"
        errors={errors}
      />
      {/* Rendered before the warning appears, so that screen readers announce it. */}
      <div role="status">
        {warning && (
          <div className="mt-2">
            <Callout tone="amber">{warning}</Callout>
          </div>
        )}
      </div>
    </div>
  );
}

type ValueFieldProps = {
  ref: Ref<HTMLTextAreaElement>;
  name: string;
  value: string;
  onChange: (value: string) => void;
  environment: Environment;
  errors?: readonly string[];
};

/** Uncontrolled, because React would also write a controlled value into the page's HTML. */
function ValueField({ ref, name, value, onChange, environment, errors }: ValueFieldProps) {
  const size = bytesOf(value);
  const used = usedByOthers(environment, name) + bytesOf(name) + size;
  const help = `${room(size, limits.valueBytes)}. All variables together: ${room(used, limits.totalBytes)}.`;
  return (
    <TextAreaField
      ref={ref}
      label="Value"
      help={help}
      errors={errors}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function usedByOthers({ variables, usedBytes }: Environment, name: string): number {
  const old = variables.find((variable) => variable.name === name);
  return old ? usedBytes - bytesOf(old.name) - old.size : usedBytes;
}

/** "2.5 KiB of 48 KiB, 45.5 KiB left" */
function room(used: number, limit: number): string {
  const left = limit - used;
  const rest = left < 0 ? `${byteSize(-left)} too much` : `${byteSize(left)} left`;
  return `${byteSize(used)} of ${byteSize(limit)}, ${rest}`;
}

const again = "“Confirm” once more stores your value all the same.";

type VariableDialogProps = {
  tokenRef: TokenRef;
  environment: Environment;
  /** The name of the variable to replace. Without it, a variable is added. */
  replaces?: string;
  onClose: () => void;
};

export function VariableDialog({ tokenRef, environment, replaces, onClose }: VariableDialogProps) {
  const [typedName, setName] = useState("");
  const [value, setValue] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const { failed, submit, pending } = useSubmit(send, onClose);
  const name = replaces ?? typedName;
  const old = environment.variables.find((variable) => variable.name === replaces);
  return (
    <FormDialog
      title={replaces === undefined ? "Add Variable" : "Replace"}
      description={replaces !== undefined && "The new value takes the place of the old one, which is deleted for good."}
      // After a conflict this is the other person's revision, which the page shows by then.
      action={() => submit({ ...tokenRef, name, value, expected: old?.revision ?? null })}
      error={failed?.message && (failed.code === "conflict" ? `${failed.message} ${again}` : failed.message)}
      submitLabel="Confirm"
      pendingLabel="Storing…"
      pending={pending}
      onClose={onClose}
      onOpenAutoFocus={(event) => {
        if (replaces === undefined) return;
        event.preventDefault();
        field.current?.focus();
      }}
    >
      <NameField name={name} onChange={replaces === undefined ? setName : undefined} errors={failed?.fields?.name} />
      <ValueField
        ref={field}
        name={name}
        value={value}
        onChange={setValue}
        environment={environment}
        errors={failed?.fields?.value}
      />
    </FormDialog>
  );
}
