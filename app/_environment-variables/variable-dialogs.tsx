import type { TokenRef } from "@/app/_parts/paths";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import type { Environment } from "@/lib/environment-variables/queries";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeVariableAction } from "./actions";
import { PasteDialog } from "./paste-dialog";
import { VariableDialog } from "./variable-dialog";

const again = "“Remove” once more removes what there is now.";
const removeVariable = reachable(removeVariableAction);

type RemoveVariableDialogProps = { tokenRef: TokenRef; environment: Environment; name: string; onClose: () => void };

function RemoveVariableDialog({ tokenRef, environment, name, onClose }: RemoveVariableDialogProps) {
  // Missing if somebody else has removed it in the meantime.
  const expected = environment.variables.find((variable) => variable.name === name)?.revision ?? "";

  async function remove() {
    const refusal = refusalOf(await removeVariable({ status: "idle" }, toForm({ ...tokenRef, name, expected })));
    return refusal?.code === "conflict" ? { message: `${refusal.message} ${again}` } : refusal;
  }

  return (
    <ConfirmDialog title="Remove" pendingLabel="Removing…" onConfirm={remove} onClose={onClose}>
      <p className="font-mono">
        <Subject>{name}</Subject>
      </p>
      <p>The next session no longer has this variable; sessions that run keep it.</p>
      <p>Its value is deleted for good. This can’t be undone; you can add the variable again with a value.</p>
    </ConfirmDialog>
  );
}

export type Asked = { for: "add" } | { for: "paste" } | { for: "replace" | "remove"; name: string };

type VariableDialogsProps = {
  asked: Asked | undefined;
  tokenRef: TokenRef;
  environment: Environment;
  onClose: () => void;
};

export function VariableDialogs({ asked, tokenRef, environment, onClose }: VariableDialogsProps) {
  const dialog = { tokenRef, environment, onClose };
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
