"use client";

import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Field, HiddenFields } from "@/components/ui/field";
import type { PasswordNeed } from "@/lib/invitations/password-need";
import { refusalOf } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { Accepted } from "./accepted";
import { acceptInvitationAction } from "./actions";

const accept = reachable(acceptInvitationAction);

type Props = {
  secret: string;
  email: string;
  organization: { id: string; name: string };
  /** Null for a visitor who is signed in. */
  password: PasswordNeed | null;
};

export function AcceptForm({ secret, email, organization, password }: Props) {
  const [state, action, pending] = useActionState(accept, { status: "idle" });
  if (state.status === "done") return <Accepted organization={organization} password={password} />;
  const failed = refusalOf(state);
  return (
    <ActionForm action={action}>
      <FormError>{failed?.message}</FormError>
      <HiddenFields fields={{ secret }} />
      {password && <Field label="Email" type="email" value={email} readOnly autoComplete="username" />}
      {password && <Field label="Name" name="name" required autoComplete="name" errors={failed?.fields?.name} />}
      {password === "required" && (
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          help="At least 12 characters."
          errors={failed?.fields?.password}
        />
      )}
      <Button type="submit" variant="primary" pending={pending} pendingLabel="Accepting…">
        Accept Invitation
      </Button>
    </ActionForm>
  );
}
