"use client";

import { type ComponentProps, type ReactNode, useRef, useState, useTransition } from "react";
import { FormError } from "./action-form";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { DialogActions, DialogBody } from "./dialog-actions";

/** `instead` takes the place of the confirmation, where trying again is no use. */
export type ConfirmRefusal = { message?: string; instead?: { label: string; run: () => void } };

type ConfirmDialogProps = {
  title: string;
  /** What will stop working, and whether it can be undone. */
  children: ReactNode;
  confirmLabel?: string;
  pendingLabel: string;
  cancelLabel?: string;
  /** Answers why the action was refused, or nothing when it is done. */
  onConfirm: () => Promise<ConfirmRefusal | undefined>;
  onClose: () => void;
  /** The refusal of an earlier attempt. */
  refused?: ConfirmRefusal;
  /** Not `danger` where nothing is destroyed. */
  confirmVariant?: "danger" | "primary";
} & Pick<ComponentProps<typeof Dialog>, "focusAfter">;

/** Asks once before something is destroyed. The focus is on Cancel. The dialog stays open until the action is done. */
export function ConfirmDialog({
  title,
  children,
  confirmLabel = title,
  pendingLabel,
  cancelLabel = "Cancel",
  onConfirm,
  onClose,
  refused,
  confirmVariant = "danger",
  focusAfter,
}: ConfirmDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [refusal, setRefusal] = useState(refused);
  const [pending, startTransition] = useTransition();
  const leave = () => !pending && onClose();

  function confirm() {
    if (refusal?.instead) {
      refusal.instead.run();
      onClose();
      return;
    }
    startTransition(async () => {
      const answer = await onConfirm();
      if (answer) setRefusal(answer);
      else onClose();
    });
  }

  return (
    <Dialog
      title={title}
      onClose={leave}
      focusAfter={focusAfter}
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        cancel.current?.focus({ focusVisible: true });
      }}
    >
      <div className="flex flex-col gap-4">
        <DialogBody>
          <div className="flex flex-col gap-2 text-muted">{children}</div>
          <FormError>{refusal?.message}</FormError>
        </DialogBody>
        <DialogActions>
          <Button ref={cancel} onClick={leave}>
            {cancelLabel}
          </Button>
          <Button
            variant={refusal?.instead ? "primary" : confirmVariant}
            pending={pending}
            pendingLabel={pendingLabel}
            onClick={confirm}
          >
            {refusal?.instead?.label ?? confirmLabel}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

/** The name of what a confirmation is about. */
export function Subject({ children }: { children: ReactNode }) {
  return <strong className="font-semibold wrap-anywhere text-text">{children}</strong>;
}
