"use client";

import { ConfirmButton } from "@/components/ui/confirm-button";
import { Subject } from "@/components/ui/confirm-dialog";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { withdrawInvitationAction } from "./actions";

const withdrawInvitation = reachable(withdrawInvitationAction);

type Props = { organizationId: string; invitation: { id: string; email: string } };

export function WithdrawInvitation({ organizationId, invitation: { id, email } }: Props) {
  const fields = { organizationId, invitationId: id };
  return (
    <ConfirmButton
      label="Withdraw"
      variant="quiet"
      aria-label={`Withdraw the invitation of ${email}`}
      title="Withdraw Invitation"
      pendingLabel="Withdrawing…"
      onConfirm={async () => refusalOf(await withdrawInvitation({ status: "idle" }, toForm(fields)))}
    >
      <p>
        The link sent to <Subject>{email}</Subject> stops working.
      </p>
      <p>This can’t be undone. You can invite the person again.</p>
    </ConfirmButton>
  );
}
