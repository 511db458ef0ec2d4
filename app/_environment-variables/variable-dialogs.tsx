import type { TokenPlace } from "@/app/_parts/paths";
import { useConfirmed } from "@/app/_parts/use-confirmed";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { Environment } from "@/lib/environment-variables/queries";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeVariableAction } from "./actions";
import { toJsonForm } from "./json-form";
import { PasteDialog } from "./paste-dialog";
import { VariableDialog } from "./variable-dialog";

const again = "“Remove” once more removes what there is now.";
const removeVariable = reachable(async (previous: FormState<void>, form: FormData): Promise<FormState<void>> => {
  const answer = await removeVariableAction(previous, form);
  const isConflict = answer.status === "failed" && answer.code === "conflict";
  return isConflict ? { ...answer, message: `${answer.message} ${again}` } : answer;
});

type RemoveVariableDialogProps = { place: TokenPlace; environment: Environment; name: string; onClose: () => void };

function RemoveVariableDialog({ place, environment, name, onClose }: RemoveVariableDialogProps) {
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

export type Asked = { for: "add" } | { for: "paste" } | { for: "replace" | "remove"; name: string };

type VariableDialogsProps = {
  asked: Asked | undefined;
  place: TokenPlace;
  environment: Environment;
  onClose: () => void;
};

export function VariableDialogs({ asked, place, environment, onClose }: VariableDialogsProps) {
  const dialog = { place, environment, onClose };
  switch (asked?.for) {
    case undefined:
      return null;
    case "add":
      return <VariableDialog {...dialog} />;
    case "replace":
      return <VariableDialog {...dialog} replaces={asked.name} />;
    case "remove":
      return <RemoveVariableDialog {...dialog} name={asked.name} />;
    case "paste":
      return <PasteDialog {...dialog} />;
  }
}
