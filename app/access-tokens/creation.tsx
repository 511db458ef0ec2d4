"use client";

import { useActionState, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { reachable } from "@/lib/web/reachable";
import { createAccessTokenAction } from "./actions";
import { CreateForm } from "./create-form";
import { DiscardDialog } from "./discard-dialog";
import { Reveal } from "./reveal";
import type { ScopeFields } from "./scope-fields";

const create = reachable(createAccessTokenAction);

export type CreationProps = {
  scope: ScopeFields;
  maxLifetimeDays: number;
  idempotencyKey: string;
  onClose: () => void;
};

/** From the form to the secret, in one dialog. The secret lives in this state alone, and goes with the dialog. */
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
      open
      onOpenChange={leave}
      title={created ? "Access Token Created" : "Create Access Token"}
      // A click beside the form is not a way to say "throw away what I typed".
      onInteractOutside={(event) => !created && event.preventDefault()}
    >
      {created ? (
        <Reveal {...created} onCopied={() => setCopied(true)} onDone={onClose} />
      ) : (
        <CreateForm {...form} answer={answer} action={submit} pending={pending} onCancel={leave} />
      )}
      <DiscardDialog open={asking} onKeep={() => setAsking(false)} onDiscard={onClose} />
    </Dialog>
  );
}
