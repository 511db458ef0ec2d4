"use client";

import type { TokenRef } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { useAnnounce } from "@/components/ui/announcements";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { editAccessTokenAction } from "../actions";
import { DescriptionField } from "../description-field";

const edit = reachable(editAccessTokenAction);

export type EditDialogProps = {
  place: TokenRef;
  token: { name: string; description: string };
  onClose: () => void;
};

export function EditDialog({ place, token, onClose }: EditDialogProps) {
  const announce = useAnnounce();
  const { failed, submit, pending } = useSubmit(sendChanged(token), (saved) => {
    if (saved) announce({ text: `The changes of “${saved.name}” were saved.` });
    onClose();
  });
  return (
    <FormDialog
      title="Edit"
      hidden={place}
      action={submit}
      error={failed?.message}
      submitLabel="Save"
      pendingLabel="Saving…"
      pending={pending}
      onClose={onClose}
    >
      <Field
        label="Token Name"
        name="name"
        required
        autoComplete="off"
        defaultValue={token.name}
        errors={failed?.fields?.name}
      />
      <DescriptionField defaultValue={token.description} errors={failed?.fields?.description} />
    </FormDialog>
  );
}

type Saved = { name: string } | undefined;

/** Sends only what was changed, so that it does not take back what somebody else has changed meanwhile. */
function sendChanged(before: EditDialogProps["token"]) {
  return async (_previous: FormState<Saved>, form: FormData): Promise<FormState<Saved>> => {
    for (const field of ["name", "description"] as const) if (form.get(field) === before[field]) form.delete(field);
    if (!form.has("name") && !form.has("description")) return { status: "done", data: undefined };
    return edit({ status: "idle" }, form);
  };
}
