"use client";

import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Field, HiddenFields } from "@/components/ui/field";
import { refusalOf } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { signInAction } from "./actions";

const signIn = reachable(signInAction);

export function PasswordForm({ callbackUrl }: { callbackUrl: string }) {
  const [state, action, pending] = useActionState(signIn, { status: "idle" });
  const failed = refusalOf(state);
  return (
    <ActionForm action={action}>
      <FormError>{failed?.message}</FormError>
      <HiddenFields fields={{ callbackUrl }} />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        errors={failed?.fields?.email}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        errors={failed?.fields?.password}
      />
      <Button type="submit" variant="primary" pending={pending} pendingLabel="Signing in…">
        Sign in
      </Button>
    </ActionForm>
  );
}
