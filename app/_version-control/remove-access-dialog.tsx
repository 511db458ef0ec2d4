import { useConfirmed } from "@/app/_parts/use-confirmed";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeAccessAction } from "./actions";
import type { ShownAccess } from "./words";
import { providerLabels } from "./words";

const removeAccess = reachable(removeAccessAction);

type Props = { fields: Record<string, string>; access: ShownAccess; open: boolean; onClose: () => void };

export function RemoveAccessDialog({ fields, access, open, onClose }: Props) {
  const { error, pending, confirm, forgetError } = useConfirmed(removeAccess, close);

  function close() {
    forgetError();
    onClose();
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={close}
      title="Remove"
      confirmLabel="Remove"
      pendingLabel="Removing…"
      pending={pending}
      error={error}
      onConfirm={() => confirm(toForm(fields))}
    >
      <p>
        <strong className="font-semibold wrap-anywhere text-text">
          {providerLabels[access.providerType]} access for {access.providerUrl}
        </strong>
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
