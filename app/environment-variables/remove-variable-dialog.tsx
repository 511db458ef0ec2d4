import type { TokenPlace } from "@/app/access-tokens/token-place";
import { useConfirmed } from "@/app/use-confirmed";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { Environment } from "@/lib/environment-variables/queries";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeVariableAction } from "./actions";
import { toJsonForm } from "./json-form";

const again = "“Remove” once more removes what there is now.";
const removeVariable = reachable(async (previous: FormState<void>, form: FormData): Promise<FormState<void>> => {
  const answer = await removeVariableAction(previous, form);
  const isConflict = answer.status === "failed" && answer.code === "conflict";
  return isConflict ? { ...answer, message: `${answer.message} ${again}` } : answer;
});

type Props = { place: TokenPlace; environment: Environment; name: string; onClose: () => void };

export function RemoveVariableDialog({ place, environment, name, onClose }: Props) {
  const { error, pending, confirm } = useConfirmed(removeVariable, onClose);
  // None where somebody else has removed it meanwhile.
  const expected = environment.variables.find((variable) => variable.name === name)?.revision ?? "";

  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Remove"
      confirmLabel="Remove"
      pendingLabel="Removing…"
      pending={pending}
      error={error}
      onConfirm={() => confirm(toJsonForm({ ...place, name, expected }))}
    >
      <p>
        <strong className="font-mono font-semibold wrap-anywhere text-text">{name}</strong>
      </p>
      <p>The next session no longer has this variable; sessions that run keep it.</p>
      <p>Its value is deleted for good. This can’t be undone; you can add the variable again with a value.</p>
    </ConfirmDialog>
  );
}
