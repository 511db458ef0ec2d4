"use client";

import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { withdrawInvitationAction } from "./actions";

const withdrawInvitation = reachable(withdrawInvitationAction);

type Props = { organizationId: string; invitation: { id: string; email: string } };

export function WithdrawInvitation({ organizationId, invitation: { id, email } }: Props) {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function ask() {
    setError(undefined);
    setOpen(true);
  }

  function withdraw() {
    startTransition(async () => {
      const answer = await withdrawInvitation({ status: "idle" }, toForm({ organizationId, invitationId: id }));
      if (answer.status === "failed") setError(answer.message);
      else setOpen(false);
    });
  }

  return (
    <>
      <Button variant="quiet" onClick={ask} aria-label={`Withdraw the invitation of ${email}`}>
        Withdraw
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Withdraw Invitation"
        confirmLabel="Withdraw Invitation"
        pendingLabel="Withdrawing…"
        pending={pending}
        error={error}
        onConfirm={withdraw}
      >
        <p>
          The link sent to <strong className="font-semibold wrap-anywhere text-text">{email}</strong> stops working.
        </p>
        <p>This can’t be undone. You can invite the person again.</p>
      </ConfirmDialog>
    </>
  );
}
