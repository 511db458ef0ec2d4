"use client";

import type { ScopeFields } from "@/app/_parts/paths";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Subject } from "@/components/ui/confirm-dialog";
import { refusalOf, toForm } from "@/lib/web/form-state";
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
  const { losses, undo } = "groupId" in scope ? words.group : words.organization;
  return (
    <ConfirmButton
      label="Remove"
      variant="quiet"
      aria-label={`Remove ${user.name}`}
      title="Remove Member"
      pendingLabel="Removing…"
      onConfirm={async () => refusalOf(await removeMember({ status: "idle" }, toForm({ ...scope, userId: user.id })))}
    >
      <p>
        <Subject>{user.name}</Subject> {losses}
      </p>
      <p>Access tokens stay, also those that this person created. {undo}</p>
    </ConfirmButton>
  );
}
