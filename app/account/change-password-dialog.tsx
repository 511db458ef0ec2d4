"use client";

import { useSubmit } from "@/app/_parts/use-submit";
import { FormError } from "@/components/ui/action-form";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { reachable } from "@/lib/web/reachable";
import { changePasswordAction } from "./actions";

const changePassword = reachable(changePasswordAction);

/** `onChanged` gets the number of other sessions that ended. */
type Props = { email: string; onChanged: (endedSessions: number) => void; onClose: () => void };

export function ChangePasswordDialog({ email, onChanged, onClose }: Props) {
  const { failed, submit, pending } = useSubmit(changePassword, onChanged);
  return (
    <FormDialog
      title="Change Password"
      description="You stay signed in here. Your other sessions end."
      action={submit}
      submitLabel="Change"
      pendingLabel="Changing…"
      pending={pending}
      onClose={onClose}
    >
      <FormError>{failed?.message}</FormError>
      {/* Tells password managers which account the password belongs to. */}
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
    </FormDialog>
  );
}
