import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeAccessAction } from "./actions";
import type { ShownAccess } from "./words";
import { providerLabels } from "./words";

const removeAccess = reachable(removeAccessAction);

type Props = { fields: Record<string, string>; access: ShownAccess; onClose: () => void };

export function RemoveAccessDialog({ fields, access, onClose }: Props) {
  return (
    <ConfirmDialog
      title="Remove"
      pendingLabel="Removing…"
      onConfirm={async () => refusalOf(await removeAccess({ status: "idle" }, toForm(fields)))}
      onClose={onClose}
    >
      <p>
        <Subject>
          {providerLabels[access.providerType]} access for {access.providerUrl}
        </Subject>
      </p>
      <p>
        Sessions can no longer register runners there, and the runners registered through this access are unregistered:
        jobs that wait for them stay waiting.
      </p>
      <p>
        The stored token is deleted here, not at the provider. This can’t be undone; you can add the access again with a
        token.
      </p>
    </ConfirmDialog>
  );
}
