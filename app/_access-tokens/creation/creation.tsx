"use client";

import { useActionState, useState } from "react";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import type { Bounds } from "@/lib/policies/policy";
import { reachable } from "@/lib/web/reachable";
import { createAccessTokenAction } from "../actions";
import { newIdempotencyKey, SecretDialog } from "../reveal/secret-dialog";
import { CreateForm } from "./create-form";

const create = reachable(createAccessTokenAction);

export type CreationProps = {
  scope: ScopeFields;
  bounds: Bounds;
  /** Called when the dialog is closed, with the new token's id. */
  onCreated: (tokenId: string) => void;
  onClose: () => void;
};

/** The form, then the secret, in one dialog. Only this component's state holds the secret, until the dialog is closed. */
export function Creation({ onCreated, onClose, ...form }: CreationProps) {
  const announce = useAnnounce();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [answer, submit, pending] = useActionState(create, { status: "idle" });
  const created = answer.status === "done" ? answer.data : undefined;

  function close() {
    if (created) {
      announce({ text: `“${created.name}” was created.` });
      onCreated(created.id);
    }
    onClose();
  }

  return (
    <SecretDialog
      title="Create Access Token"
      revealTitle="Access Token Created"
      made={created}
      instead="create another one"
      pending={pending}
      onClose={close}
      onLeavePage={close}
      focusAfter={() => created && nameInList(form.scope, created.id)}
    >
      <CreateForm
        {...form}
        idempotencyKey={idempotencyKey}
        answer={answer}
        action={submit}
        pending={pending}
        onCancel={() => !pending && onClose()}
      />
    </SecretDialog>
  );
}

/** The link of the new row. Another order or a filter may have left it out. */
function nameInList(scope: ScopeFields, tokenId: string): HTMLElement | null {
  return document.querySelector(`main a[href="${listPathOf(scope)}/${tokenId}"]`);
}
