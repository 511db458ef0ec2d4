"use client";

import { useActionState, useState } from "react";
import { ActionForm } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { SelectField } from "@/components/ui/select-field";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { addMemberAction } from "./actions";
import { roleOptions } from "./role-options";

const addMember = reachable(addMemberAction);

export function AddMemberDialog({ groupId }: { groupId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Add Member"
      description="The person must already belong to the organization."
      trigger={<Button variant="primary">Add Member</Button>}
      onInteractOutside={(event) => event.preventDefault()}
    >
      <AddMemberForm groupId={groupId} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

function AddMemberForm({ groupId, onClose }: { groupId: string; onClose: () => void }) {
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
      <input type="hidden" name="groupId" value={groupId} />
      <FormError>{failed?.message}</FormError>
      <Field label="Email" name="email" type="email" required autoComplete="off" errors={failed?.fields?.email} />
      <SelectField
        label="Role"
        name="role"
        options={roleOptions}
        defaultValue="group_user"
        errors={failed?.fields?.role}
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending} pendingLabel="Adding…">
          Add
        </Button>
      </DialogActions>
    </ActionForm>
  );
}
