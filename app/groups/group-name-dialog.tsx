"use client";

import { useSubmit } from "@/app/_parts/use-submit";
import { FormError } from "@/components/ui/action-form";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import type { FormState } from "@/lib/web/form-state";

type Props = {
  title: string;
  submitLabel: string;
  pendingLabel: string;
  action: (previous: FormState<void>, form: FormData) => Promise<FormState<void>>;
  /** What is sent besides the name. */
  fields: Record<string, string>;
  name?: string;
  onClose: () => void;
};

/** Asks for the name of a new group, or for another name of an existing one. */
export function GroupNameDialog({ action, fields, name, onClose, ...dialog }: Props) {
  const { failed, submit, pending } = useSubmit(action, onClose);
  return (
    <FormDialog {...dialog} hidden={fields} action={submit} pending={pending} onClose={onClose}>
      <FormError>{failed?.message}</FormError>
      <Field
        label="Group Name"
        name="name"
        required
        autoComplete="off"
        defaultValue={name}
        errors={failed?.fields?.name}
      />
    </FormDialog>
  );
}
