"use client";

import { useActionState, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { DialogBody } from "@/components/ui/dialog-actions";
import { Field, HiddenFields } from "@/components/ui/field";
import { FormActions, FormFrame } from "@/components/ui/form-dialog";
import { noAutofill } from "@/components/ui/no-autofill";
import { type NotificationType, notificationTypes } from "@/db/enums";
import { refusalOf } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { addWebhookAction } from "./actions";
import { EventChoice } from "./event-choice";
import { SigningSecret } from "./signing-secret";

const addWebhook = reachable(addWebhookAction);

type Props = { scope: ScopeFields; onClose: () => void };

/** The form, then the signing secret, in one dialog. Only its state holds the secret, until the dialog is closed. */
export function AddWebhookDialog({ scope, onClose }: Props) {
  const announce = useAnnounce();
  const [answer, submit, pending] = useActionState(addWebhook, { status: "idle" });
  const [events, setEvents] = useState<readonly NotificationType[]>(notificationTypes);
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const added = answer.status === "done" ? answer.data : undefined;
  const failed = refusalOf(answer);
  const isAboutUrl = failed?.code === "provider_url_not_allowed" && failed.message;

  function close() {
    if (added) announce({ text: `The webhook at ${added.host} was added.` });
    onClose();
  }

  function leave() {
    if (added && !copied) setAsking(true);
    else close();
  }

  return (
    <FormFrame title={added ? "Webhook Added" : "Add Webhook"} pending={pending} onClose={leave}>
      {added ? (
        <SigningSecret secret={added.secret} onCopied={() => setCopied(true)} onDone={leave} onLeavePage={onClose} />
      ) : (
        <ActionForm action={submit}>
          <HiddenFields fields={{ ...scope, events: JSON.stringify(events) }} />
          <DialogBody>
            <Field
              label="URL"
              name="url"
              type="url"
              autoComplete="off"
              {...noAutofill}
              required
              help="Begins with https://. Messages are sent there as signed POST requests."
              errors={isAboutUrl ? [isAboutUrl] : failed?.fields?.url}
            />
            <EventChoice chosen={events} onChange={setEvents} errors={failed?.fields?.events} />
            <FormError>{isAboutUrl ? undefined : failed?.message}</FormError>
          </DialogBody>
          <FormActions
            submitLabel="Add"
            pendingLabel="Adding…"
            pending={pending}
            onCancel={() => !pending && onClose()}
          />
        </ActionForm>
      )}
      {asking && (
        <ConfirmDialog
          title="Close without copying?"
          cancelLabel="Go back"
          confirmLabel="Close"
          pendingLabel="Closing…"
          onConfirm={async () => void close()}
          onClose={() => setAsking(false)}
        >
          <p>
            The signing secret was not copied. It can’t be shown again: you would have to remove the webhook and add it
            again.
          </p>
        </ConfirmDialog>
      )}
    </FormFrame>
  );
}
