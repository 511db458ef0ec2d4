"use client";

import { FormDialog } from "@/components/ui/form-dialog";
import { reachable } from "@/lib/web/reachable";
import { replaceTokenAction } from "./actions";
import { CredentialField } from "./credential-field";
import { useCredentialForm } from "./use-credential-form";
import type { ShownAccess } from "./words";
import { tokenHelp } from "./words";

const replaceToken = reachable(replaceTokenAction);

type Props = { fields: Record<string, string>; access: ShownAccess; onClose: () => void };

export function ReplaceTokenDialog({ fields, access, onClose }: Props) {
  const { failed, submit, pending, ...credential } = useCredentialForm(replaceToken, ["token"], onClose);
  return (
    <FormDialog
      title="Replace token"
      description={
        <span className="wrap-anywhere">
          The new token is checked, then takes the place of the one for {access.providerUrl}.
        </span>
      }
      hidden={fields}
      action={submit}
      error={failed?.message}
      submitLabel="Replace"
      pendingLabel="Replacing…"
      pending={pending}
      onClose={onClose}
    >
      <CredentialField
        help={tokenHelp[access.providerType][access.tokenScope]}
        errors={failed?.fields?.token}
        {...credential}
      />
    </FormDialog>
  );
}
