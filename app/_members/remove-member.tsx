"use client";

import { useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { useConfirmed } from "@/app/_parts/use-confirmed";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeMemberAction } from "./actions";

const removeMember = reachable(removeMemberAction);

type Props = { scope: ScopeFields; user: { id: string; name: string } };

const words = {
  group: { losses: "can no longer see this group.", undo: "You can add the person again." },
  organization: {
    losses: "can no longer see this organization, and loses the roles in all of its groups.",
    undo: "You can invite the person again; roles in groups have to be given anew.",
  },
};

export function RemoveMember({ scope, user }: Props) {
  const [open, setOpen] = useState(false);
  const { error, pending, confirm, forgetError } = useConfirmed(removeMember, () => setOpen(false));
  const { losses, undo } = "groupId" in scope ? words.group : words.organization;

  function ask() {
    forgetError();
    setOpen(true);
  }

  return (
    <>
      <Button variant="quiet" onClick={ask} aria-label={`Remove ${user.name}`}>
        Remove
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Remove Member"
        confirmLabel="Remove Member"
        pendingLabel="Removing…"
        pending={pending}
        error={error}
        onConfirm={() => confirm(toForm({ ...scope, userId: user.id }))}
      >
        <p>
          <strong className="font-semibold wrap-anywhere text-text">{user.name}</strong> {losses}
        </p>
        <p>Access tokens stay, also those that this person created. {undo}</p>
      </ConfirmDialog>
    </>
  );
}
