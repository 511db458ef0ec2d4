"use client";

import { useSubmit } from "@/app/_parts/use-submit";
import { FormDialog } from "@/components/ui/form-dialog";
import { reachable } from "@/lib/web/reachable";
import { editAccessAction } from "./actions";
import { RunnerFields } from "./runner-fields";
import type { ShownAccess } from "./words";
import { providerLabels } from "./words";

const editAccess = reachable(editAccessAction);

type Props = { fields: Record<string, string>; access: ShownAccess; onClose: () => void };

export function EditAccessDialog({ fields, access, onClose }: Props) {
  const { failed, submit, pending } = useSubmit(editAccess, onClose);
  return (
    <FormDialog
      title="Edit"
      description={
        <span className="wrap-anywhere">
          {providerLabels[access.providerType]} access for {access.providerUrl}. Applies to runners that are registered
          from now on; those that there are stay as they are.
        </span>
      }
      hidden={{ ...fields, revision: access.revision }}
      action={submit}
      error={failed?.message}
      submitLabel="Save"
      pendingLabel="Saving…"
      pending={pending}
      onClose={onClose}
    >
      <RunnerFields
        provider={access.providerType}
        allowedTags={access.allowedTags}
        runUntagged={access.runUntagged}
        errors={failed?.fields}
      />
    </FormDialog>
  );
}
