import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { HiddenFields } from "@/components/ui/field";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { editAccessAction } from "./actions";
import { RunnerFields } from "./runner-fields";
import type { ShownAccess } from "./words";
import { providerLabels } from "./words";

const editAccess = reachable(editAccessAction);

type Props = { fields: Record<string, string>; access: ShownAccess; onClose: () => void };

export function EditAccessDialog({ fields, access, onClose }: Props) {
  const [answer, submit, pending] = useActionState(
    async (previous: FormState<void>, form: FormData): Promise<FormState<void>> => {
      const next = await editAccess(previous, form);
      if (next.status === "done") onClose();
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
      title="Edit"
      description={
        <span className="wrap-anywhere">
          {providerLabels[access.providerType]} access for {access.providerUrl}. Applies to runners that are registered
          from now on; those that there are stay as they are.
        </span>
      }
      onInteractOutside={(event) => event.preventDefault()}
    >
      <ActionForm action={submit}>
        <HiddenFields fields={{ ...fields, version: access.version }} />
        <RunnerFields
          provider={access.providerType}
          allowedTags={access.allowedTags}
          runUntagged={access.runUntagged}
          errors={failed?.fields}
        />
        <FormError>{failed?.message}</FormError>
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending} pendingLabel="Saving…">
            Save
          </Button>
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
