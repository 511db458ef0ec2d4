"use client";

import { useRouter } from "next/navigation";
import type { ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Subject } from "@/components/ui/confirm-dialog";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeMemberAction } from "./actions";

const removeMember = reachable(removeMemberAction);

type Props = { scope: ScopeFields; user: { id: string; name: string }; isSelf: boolean };

const words = {
  group: {
    losses: "can no longer see this group.",
    undo: "You can add the person again.",
    leave: "You leave this group, and can no longer see its members, access tokens and audit log.",
    back: "Another admin has to add you again.",
    left: "You have left the group.",
  },
  organization: {
    losses: "can no longer see this organization, and loses the roles in all of its groups.",
    undo: "You can invite the person again; roles in groups have to be given anew.",
    leave: "You leave this organization, and lose your roles in all of its groups.",
    back: "Another organization admin has to invite you again; roles in groups have to be given anew.",
    left: "You have left the organization.",
  },
};

export function RemoveMember({ scope, user, isSelf }: Props) {
  const announce = useAnnounce();
  const router = useRouter();
  const { losses, undo, leave, back, left } = "groupId" in scope ? words.group : words.organization;

  async function remove() {
    const refusal = refusalOf(await removeMember({ status: "idle" }, toForm({ ...scope, userId: user.id })));
    if (refusal) return refusal;
    announce({ text: isSelf ? left : `${user.name} was removed.` });
    if (isSelf) router.push("/groups");
    return undefined;
  }

  return (
    <ConfirmButton
      label="Remove"
      variant="quiet"
      aria-label={`Remove ${user.name}`}
      title="Remove Member"
      pendingLabel="Removing…"
      onConfirm={remove}
    >
      <p>
        {isSelf ? (
          leave
        ) : (
          <>
            <Subject>{user.name}</Subject> {losses}
          </>
        )}
      </p>
      <p>
        {isSelf
          ? `Access tokens stay, also those that you created. ${back}`
          : `Access tokens stay, also those that this person created. ${undo}`}
      </p>
    </ConfirmButton>
  );
}
