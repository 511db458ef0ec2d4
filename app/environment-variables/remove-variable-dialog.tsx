import { useState, useTransition } from "react";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { Environment } from "@/lib/environment-variables/queries";
import { reachable } from "@/lib/web/reachable";
import { removeVariableAction } from "./actions";
import { toJsonForm } from "./json-form";

const again = "“Remove” once more removes what there is now.";
const removeVariable = reachable(removeVariableAction);

type Props = { place: TokenPlace; environment: Environment; name: string; onClose: () => void };

export function RemoveVariableDialog({ place, environment, name, onClose }: Props) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();
  // None where somebody else has removed it meanwhile.
  const expected = environment.variables.find((variable) => variable.name === name)?.revision ?? "";

  function remove() {
    startTransition(async () => {
      const answer = await removeVariable({ status: "idle" }, toJsonForm({ ...place, name, expected }));
      if (answer.status === "done") return onClose();
      if (answer.status === "failed")
        setError(answer.code === "conflict" ? `${answer.message} ${again}` : answer.message);
    });
  }

  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Remove"
      confirmLabel="Remove"
      pendingLabel="Removing…"
      pending={pending}
      error={error}
      onConfirm={remove}
    >
      <p>
        <strong className="font-mono font-semibold wrap-anywhere text-text">{name}</strong>
      </p>
      <p>The next session no longer has this variable; sessions that run keep it.</p>
      <p>Its value is deleted for good. This can’t be undone; you can add the variable again with a value.</p>
    </ConfirmDialog>
  );
}
