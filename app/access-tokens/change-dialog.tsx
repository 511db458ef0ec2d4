import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { Change } from "./change";

type Props = {
  change: Change;
  tokenName: string;
  error?: string;
  pending: boolean;
  onCancel: () => void;
  onConfirm: () => void;
};

const words: Record<Change, { title: string; pending: string; consequence: string; undo: string }> = {
  revoke: {
    title: "Revoke Token",
    pending: "Revoking…",
    consequence: "Scripts, CI pipelines and runners that use it are refused from now on.",
    undo: "You can reactivate the token until it expires.",
  },
  reactivate: {
    title: "Reactivate Token",
    pending: "Reactivating…",
    consequence: "Whoever has its secret can use the API again.",
    undo: "You can revoke the token again at any time.",
  },
  delete: {
    title: "Delete Token",
    pending: "Deleting…",
    consequence: "Scripts, CI pipelines and runners that use it are refused from now on, and its settings are removed.",
    undo: "This is permanent and can’t be undone.",
  },
};

/** Says what will stop working and whether it can be undone, and names the token that it is about. */
export function ChangeDialog({ change, tokenName, error, pending, onCancel, onConfirm }: Props) {
  const { title, pending: pendingLabel, consequence, undo } = words[change];
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => !next && onCancel()}
      title={title}
      confirmLabel={title}
      pendingLabel={pendingLabel}
      pending={pending}
      error={error}
      onConfirm={onConfirm}
    >
      <p>
        <strong className="font-semibold wrap-anywhere text-text">{tokenName}</strong>
      </p>
      <p>{consequence}</p>
      <p>{undo}</p>
    </ConfirmDialog>
  );
}
