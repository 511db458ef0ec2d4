"use client";

import { useActionState } from "react";
import { FormFrame } from "@/components/ui/form-dialog";
import { reachable } from "@/lib/web/reachable";
import { inviteAction } from "./actions";
import { InvitationCreated } from "./invitation-created";
import { InviteForm } from "./invite-form";

const invite = reachable(inviteAction);

type Props = { organizationId: string; onClose: () => void };

/** The form, then the result, in one dialog. Only this component's state holds the link, until the dialog is closed. */
export function Inviting({ organizationId, onClose }: Props) {
  const [answer, submit, pending] = useActionState(invite, { status: "idle" });
  const created = answer.status === "done" ? answer.data : undefined;
  const leave = () => !pending && onClose();
  return (
    <FormFrame
      pending={pending}
      onClose={onClose}
      title={created ? "Invitation Created" : "Invite Member"}
      description={created ? undefined : "The person gets a link that works once, for seven days."}
    >
      {created ? (
        <InvitationCreated {...created} onDone={onClose} />
      ) : (
        <InviteForm
          organizationId={organizationId}
          answer={answer}
          action={submit}
          pending={pending}
          onCancel={leave}
        />
      )}
    </FormFrame>
  );
}
