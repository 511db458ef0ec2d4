"use client";

import { useActionState, useState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Field, HiddenFields } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { addMemberAction } from "./actions";
import { roleOptions } from "./role-options";

const addMember = reachable(addMemberAction);

/** `ownEmail`: to add oneself, as group admin; what an organization admin needs to see the group's access tokens. */
type Props = { groupId: string; ownEmail?: string };

export function AddMemberDialog({ groupId, ownEmail }: Props) {
  const [open, setOpen] = useState(false);
  const title = ownEmail ? "Join Group" : "Add Member";
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={title}
      description={
        ownEmail
          ? "A group admin sees and manages the group’s access tokens and its audit log."
          : "The person must already belong to the organization."
      }
      trigger={<Button variant={ownEmail ? "secondary" : "primary"}>{title}</Button>}
      onInteractOutside={(event) => event.preventDefault()}
    >
      <AddMemberForm groupId={groupId} ownEmail={ownEmail} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

function AddMemberForm({ groupId, ownEmail, onClose }: Props & { onClose: () => void }) {
  const [state, action, pending] = useActionState(
    async (previous: FormState<void>, form: FormData) => {
      const answer = await addMember(previous, form);
      if (answer.status === "done") onClose();
      return answer;
    },
    { status: "idle" },
  );
  const failed = state.status === "failed" ? state : undefined;
  return (
    <ActionForm action={action}>
      <HiddenFields fields={{ groupId }} />
      <FormError>{failed?.message}</FormError>
      <Field
        label="Email"
        name="email"
        type="email"
        required
        autoComplete="off"
        defaultValue={ownEmail}
        readOnly={ownEmail !== undefined}
        errors={failed?.fields?.email}
      />
      <SelectField
        label="Role"
        name="role"
        options={roleOptions({ groupId })}
        defaultValue={ownEmail ? "group_admin" : "group_user"}
        errors={failed?.fields?.role}
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending} pendingLabel={ownEmail ? "Joining…" : "Adding…"}>
          {ownEmail ? "Join" : "Add"}
        </Button>
      </DialogActions>
    </ActionForm>
  );
}
