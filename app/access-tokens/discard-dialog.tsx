import { ConfirmDialog } from "@/components/ui/confirm-dialog";

type Props = { open: boolean; onKeep: () => void; onDiscard: () => void };

/** Asked when a click outside or Escape would lose a secret that was not copied. */
export function DiscardDialog({ open, onKeep, onDiscard }: Props) {
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => !next && onKeep()}
      title="Close without copying?"
      cancelLabel="Go back"
      confirmLabel="Close"
      pendingLabel="Closing…"
      onConfirm={onDiscard}
    >
      <p>The access token was not copied. It can’t be shown again: you would have to create another one.</p>
    </ConfirmDialog>
  );
}
