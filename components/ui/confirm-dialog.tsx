"use client";

import { type ReactNode, useRef } from "react";
import { FormError } from "./action-form";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { DialogActions } from "./dialog-actions";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will stop working, and whether it can be undone. */
  children: ReactNode;
  confirmLabel: string;
  pendingLabel: string;
  pending?: boolean;
  error?: ReactNode;
  onConfirm: () => void;
  cancelLabel?: string;
};

/** Asks once before something is destroyed. A plain dialog, with the focus on Cancel; it stays open while it works. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  children,
  confirmLabel,
  pendingLabel,
  pending = false,
  error,
  onConfirm,
  cancelLabel = "Cancel",
}: Props) {
  const cancel = useRef<HTMLButtonElement>(null);
  const change = (next: boolean) => {
    if (!pending) onOpenChange(next);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        cancel.current?.focus({ focusVisible: true });
      }}
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-2 text-muted">{children}</div>
        <FormError>{error}</FormError>
        <DialogActions>
          <Button ref={cancel} onClick={() => change(false)}>
            {cancelLabel}
          </Button>
          <Button variant="danger" pending={pending} pendingLabel={pendingLabel} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
