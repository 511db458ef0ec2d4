"use client";

import { useRouter } from "next/navigation";
import { useActionState, useState } from "react";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import type { Bounds } from "@/lib/policies/policy";
import { reachable } from "@/lib/web/reachable";
import { rotateAccessTokenAction } from "../actions";
import { newIdempotencyKey, SecretDialog } from "../reveal/secret-dialog";
import { RotateForm } from "./rotate-form";
import type { RotatedToken } from "./rotation";
import { doneInWords, insteadInWords } from "./words";

const rotate = reachable(rotateAccessTokenAction);

export type RotateDialogProps = {
  token: RotatedToken;
  scope: ScopeFields;
  bounds: Bounds;
  onClose: () => void;
};

export function RotateDialog(props: RotateDialogProps) {
  const { retiringSuffix, isLeaked } = props.token;
  return retiringSuffix && !isLeaked ? <Pending {...props} /> : <Rotation {...props} />;
}

/** The form, then the new secret, in one dialog, as `Creation`. */
function Rotation({ token, bounds, onClose }: RotateDialogProps) {
  const announce = useAnnounce();
  const router = useRouter();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [answer, submit, pending] = useActionState(rotate, { status: "idle" });
  const rotated = answer.status === "done" ? answer.data : undefined;

  function close() {
    if (rotated) announce({ text: `“${rotated.name}” ${doneInWords(rotated.oldSecret, token.isLeaked)}` });
    // Also after an attempt whose answer was lost.
    if (answer.status !== "idle") router.refresh();
    onClose();
  }

  return (
    <SecretDialog
      title="Rotate Token"
      revealTitle="Access Token Rotated"
      made={rotated}
      instead={insteadInWords(rotated?.oldSecret)}
      pending={pending}
      onClose={close}
      onLeavePage={onClose}
    >
      <RotateForm
        {...{ token, bounds, idempotencyKey, answer, pending }}
        action={submit}
        onCancel={() => !pending && close()}
      />
    </SecretDialog>
  );
}

/** Instead of a form that would be refused. */
function Pending({ token, scope, onClose }: RotateDialogProps) {
  const router = useRouter();
  const show = () => router.push(`${listPathOf(scope)}/${token.id}#secrets`);
  return (
    <ConfirmDialog
      title="Rotate Token"
      pendingLabel="Opening…"
      confirmLabel="Show Both Secrets"
      confirmVariant="primary"
      onConfirm={async () => void show()}
      onClose={onClose}
    >
      <p>
        <Subject>{token.name}</Subject>
      </p>
      <p>
        This token has a new secret already, and its old one …{token.retiringSuffix} is still accepted. End the old
        secret or keep it, then rotate again.
      </p>
    </ConfirmDialog>
  );
}
