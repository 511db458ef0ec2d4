"use client";

import { useState } from "react";
import { useConfirmed } from "@/app/_parts/use-confirmed";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { withdrawInvitationAction } from "./actions";

const withdrawInvitation = reachable(withdrawInvitationAction);

type Props = { organizationId: string; invitation: { id: string; email: string } };

export function WithdrawInvitation({ organizationId, invitation: { id, email } }: Props) {
  const [open, setOpen] = useState(false);
  const { error, pending, confirm, forgetError } = useConfirmed(withdrawInvitation, () => setOpen(false));

  function ask() {
    forgetError();
    setOpen(true);
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
        onConfirm={() => confirm(toForm({ organizationId, invitationId: id }))}
      >
        <p>
          The link sent to <strong className="font-semibold wrap-anywhere text-text">{email}</strong> stops working.
        </p>
        <p>This can’t be undone. You can invite the person again.</p>
      </ConfirmDialog>
    </>
  );
}
