import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Field } from "@/components/ui/field";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changePasswordAction } from "./actions";

const changePassword = reachable(changePasswordAction);

/** `onChanged` hears how many other sessions ended. */
type Props = { email: string; onChanged: (endedSessions: number) => void; onClose: () => void };

export function ChangePasswordDialog({ email, onChanged, onClose }: Props) {
  const [answer, submit, pending] = useActionState(
    async (previous: FormState<number>, form: FormData) => {
      const next = await changePassword(previous, form);
      if (next.status === "done") onChanged(next.data);
      return next;
    },
    { status: "idle" },
  );
  const failed = answer.status === "failed" ? answer : undefined;
  const leave = () => !pending && onClose();
  return (
    <Dialog
      open
      onOpenChange={leave}
      title="Change Password"
      description="You stay signed in here. Your other sessions end."
      onInteractOutside={(event) => event.preventDefault()}
    >
      <ActionForm action={submit}>
        <FormError>{failed?.message}</FormError>
        {/* Tells password managers whose password it is. */}
        <input type="text" value={email} readOnly hidden autoComplete="username" />
        <Field
          label="Current Password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
          errors={failed?.fields?.currentPassword}
        />
        <Field
          label="New Password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          required
          help="At least 12 characters."
          errors={failed?.fields?.newPassword}
        />
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending} pendingLabel="Changing…">
            Change
          </Button>
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
