"use client";

import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeMemberAction } from "./actions";

const removeMember = reachable(removeMemberAction);

type Props = { groupId: string; user: { id: string; name: string } };

export function RemoveMember({ groupId, user }: Props) {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function ask() {
    setError(undefined);
    setOpen(true);
  }

  function remove() {
    startTransition(async () => {
      const answer = await removeMember({ status: "idle" }, toForm({ groupId, userId: user.id }));
      if (answer.status === "failed") setError(answer.message);
      else setOpen(false);
    });
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
        onConfirm={remove}
      >
        <p>
          <strong className="font-semibold wrap-anywhere text-text">{user.name}</strong> can no longer see this group.
        </p>
        <p>The group’s access tokens stay, also those that this person created. You can add the person again.</p>
      </ConfirmDialog>
    </>
  );
}
