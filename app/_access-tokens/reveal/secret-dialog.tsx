"use client";

import { type ComponentProps, type ReactNode, useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { FormFrame } from "@/components/ui/form-dialog";
import type { FormState } from "@/lib/web/form-state";
import { Reveal } from "./reveal";

/** The props of a form that makes a secret, once for each idempotency key. */
export type SecretFormProps = {
  idempotencyKey: string;
  answer: FormState<unknown>;
  action: (form: FormData) => void;
  pending: boolean;
  onCancel: () => void;
};

type Made = { name: string; secret: string | null };

type Props = Pick<ComponentProps<typeof FormFrame>, "title" | "pending" | "focusAfter" | "onClose"> & {
  /** The title while the secret is shown. */
  revealTitle: string;
  /** The answer to the form. */
  made: Made | undefined;
  /** What one would have to do without the secret, as the end of a sentence. */
  instead: string;
  /** Called when the page is left, which closes the dialog without a question. */
  onLeavePage: () => void;
  /** The form. */
  children: ReactNode;
};

/** A form, then the secret that it made, in one dialog. It asks before a secret that was not copied is lost. */
export function SecretDialog({ title, revealTitle, made, instead, onClose, onLeavePage, children, ...frame }: Props) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);

  function leave() {
    if (made?.secret && !copied) setAsking(true);
    else onClose();
  }

  return (
    <FormFrame {...frame} title={made ? revealTitle : title} closesOutside={made !== undefined} onClose={leave}>
      {made ? (
        <Reveal {...made} copied={copied} onCopied={() => setCopied(true)} onDone={leave} onLeavePage={onLeavePage} />
      ) : (
        children
      )}
      {asking && (
        <ConfirmDialog
          title="Close without copying?"
          cancelLabel="Go back"
          confirmLabel="Close"
          pendingLabel="Closing…"
          onConfirm={async () => void onClose()}
          onClose={() => setAsking(false)}
        >
          <p>The access token was not copied. It can’t be shown again: you would have to {instead}.</p>
        </ConfirmDialog>
      )}
    </FormFrame>
  );
}

/** 128 random bits in hex. `randomUUID` is missing on plain http. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
