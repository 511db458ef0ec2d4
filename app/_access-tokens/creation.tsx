"use client";

import { useActionState, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { useTimeZone } from "@/components/time";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { CheckboxField, Field, HiddenFields } from "@/components/ui/field";
import { FormActions } from "@/components/ui/form-dialog";
import { type FormState, refusalOf } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { createAccessTokenAction } from "./actions";
import { ExpirationField } from "./expiration-field";
import { Reveal } from "./reveal";

type CreateFormProps = {
  scope: ScopeFields;
  maxLifetimeDays: number;
  idempotencyKey: string;
  answer: FormState<unknown>;
  action: (form: FormData) => void;
  pending: boolean;
  onCancel: () => void;
};

export function CreateForm({
  scope,
  maxLifetimeDays,
  idempotencyKey,
  answer,
  action,
  pending,
  onCancel,
}: CreateFormProps) {
  const failed = refusalOf(answer);
  const timeZone = useTimeZone();
  return (
    <ActionForm action={action}>
      <HiddenFields fields={{ ...scope, timeZone, idempotencyKey }} />
      <FormError>{failed?.message}</FormError>
      <Field label="Token Name" name="name" required autoComplete="off" errors={failed?.fields?.name} />
      <ExpirationField maxLifetimeDays={maxLifetimeDays} timeZone={timeZone} errors={failed?.fields?.expiresAt} />
      <CheckboxField
        label="Admin Role Assignment"
        name="admin"
        help={adminHelp(scope)}
        errors={failed?.fields?.admin}
      />
      <FormActions submitLabel="Create" pendingLabel="Creating…" pending={pending} onCancel={onCancel} />
    </ActionForm>
  );
}

function adminHelp(scope: ScopeFields): string {
  const owner = "groupId" in scope ? "group" : "organization";
  return `Lets the token list, revoke, reactivate and delete the ${owner}’s access tokens and read its audit log; without it, the token can only read the ${owner} and its members.`;
}

type DiscardDialogProps = { onKeep: () => void; onDiscard: () => void };

/** Opens when a click outside or Escape would discard a secret that was not copied. */
export function DiscardDialog({ onKeep, onDiscard }: DiscardDialogProps) {
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
  onClose: () => void;
};

/** The form, then the secret, in one dialog. Only this component's state holds the secret, until the dialog is closed. */
export function Creation({ onClose, ...form }: CreationProps) {
  const [answer, submit, pending] = useActionState(create, { status: "idle" });
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const created = answer.status === "done" ? answer.data : undefined;

  function leave() {
    if (created?.secret && !copied) setAsking(true);
    else if (!pending) onClose();
  }

  return (
    <Dialog
      onClose={leave}
      title={created ? "Access Token Created" : "Create Access Token"}
      // A click outside must not discard what was typed.
      onInteractOutside={(event) => !created && event.preventDefault()}
    >
      {created ? (
        <Reveal {...created} onCopied={() => setCopied(true)} onDone={onClose} />
      ) : (
        <CreateForm {...form} answer={answer} action={submit} pending={pending} onCancel={leave} />
      )}
      {asking && <DiscardDialog onKeep={() => setAsking(false)} onDiscard={onClose} />}
    </Dialog>
  );
}
