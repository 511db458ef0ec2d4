"use client";

import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { HiddenFields } from "@/components/ui/field";
import { reachable } from "@/lib/web/reachable";
import { continueWithOrganizationAction } from "./actions";

const continueWithOrganization = reachable(continueWithOrganizationAction);

/** Its button is not called "Sign in …", so that only the password form's button has that name. */
export function OrganizationForm({ callbackUrl, isPrimary }: { callbackUrl: string; isPrimary: boolean }) {
  const [state, action, pending] = useActionState(continueWithOrganization, { status: "idle" });
  return (
    <ActionForm action={action}>
      <FormError>{state.status === "failed" && state.message}</FormError>
      <HiddenFields fields={{ callbackUrl }} />
      <Button
        type="submit"
        variant={isPrimary ? "primary" : "secondary"}
        pending={pending}
        pendingLabel="Continuing…"
        className="w-full"
      >
        Continue with your organization
      </Button>
    </ActionForm>
  );
}
