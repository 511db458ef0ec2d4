"use client";

import { useActionState, useState } from "react";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { FormFrame } from "@/components/ui/form-dialog";
import { reachable } from "@/lib/web/reachable";
import { createAccessTokenAction } from "../actions";
import { CreateForm } from "./create-form";
import { Reveal } from "./reveal";

type DiscardDialogProps = { onKeep: () => void; onDiscard: () => void };

/** Asks before a secret that was not copied is lost. */
function DiscardDialog({ onKeep, onDiscard }: DiscardDialogProps) {
  return (
    <ConfirmDialog
      title="Close without copying?"
      cancelLabel="Go back"
      confirmLabel="Close"
      pendingLabel="Closing…"
      onConfirm={async () => void onDiscard()}
      onClose={onKeep}
    >
      <p>The access token was not copied. It can’t be shown again: you would have to create another one.</p>
    </ConfirmDialog>
  );
}

const create = reachable(createAccessTokenAction);

export type CreationProps = {
  scope: ScopeFields;
  maxLifetimeDays: number;
  idempotencyKey: string;
  /** Called when the dialog is closed, with the new token's id. */
  onCreated: (tokenId: string) => void;
  onClose: () => void;
};

/** The form, then the secret, in one dialog. Only this component's state holds the secret, until the dialog is closed. */
export function Creation({ onCreated, onClose, ...form }: CreationProps) {
  const announce = useAnnounce();
  const [answer, submit, pending] = useActionState(create, { status: "idle" });
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const created = answer.status === "done" ? answer.data : undefined;

  function close() {
    if (created) {
      announce({ text: `“${created.name}” was created.` });
      onCreated(created.id);
    }
    onClose();
  }

  function leave() {
    if (created?.secret && !copied) setAsking(true);
    else close();
  }

  return (
    <FormFrame
      title={created ? "Access Token Created" : "Create Access Token"}
      pending={pending}
      closesOutside={created !== undefined}
      onClose={leave}
      focusAfter={() => created && nameInList(form.scope, created.id)}
    >
      {created ? (
        <Reveal {...created} copied={copied} onCopied={() => setCopied(true)} onDone={leave} onLeavePage={close} />
      ) : (
        <CreateForm
          {...form}
          answer={answer}
          action={submit}
          pending={pending}
          onCancel={() => !pending && onClose()}
        />
      )}
      {asking && <DiscardDialog onKeep={() => setAsking(false)} onDiscard={close} />}
    </FormFrame>
  );
}

/** The link of the new row. Another order or a filter may have left it out. */
function nameInList(scope: ScopeFields, tokenId: string): HTMLElement | null {
  return document.querySelector(`main a[href="${listPathOf(scope)}/${tokenId}"]`);
}
