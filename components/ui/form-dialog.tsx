import type { ComponentProps, ReactNode } from "react";
import { ActionForm, FormError } from "./action-form";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { DialogActions } from "./dialog-actions";
import { HiddenFields } from "./field";

type FormDialogProps = Omit<ComponentProps<typeof Dialog>, "onInteractOutside"> &
  Pick<ComponentProps<typeof ActionForm>, "action"> & {
    /** What the form sends besides what is typed. */
    hidden?: ComponentProps<typeof HiddenFields>["fields"];
    /** Shown above the buttons: the top of a long form may be out of view. A short form can show it as its first child. */
    error?: ReactNode;
    submitLabel: string;
    pendingLabel: string;
    pending: boolean;
  };

/** A form in a dialog. A click outside does not close it, so that it discards nothing; nor does Cancel while it is sent. */
export function FormDialog({
  hidden = {},
  action,
  error,
  submitLabel,
  pendingLabel,
  pending,
  onClose,
  children,
  ...dialog
}: FormDialogProps) {
  const leave = () => !pending && onClose();
  return (
    <Dialog {...dialog} onClose={leave} onInteractOutside={(event) => event.preventDefault()}>
      <ActionForm action={action}>
        <HiddenFields fields={hidden} />
        {children}
        <FormError>{error}</FormError>
        <FormActions submitLabel={submitLabel} pendingLabel={pendingLabel} pending={pending} onCancel={leave} />
      </ActionForm>
    </Dialog>
  );
}

type FormActionsProps = Pick<FormDialogProps, "submitLabel" | "pendingLabel" | "pending"> & { onCancel: () => void };

export function FormActions({ submitLabel, pendingLabel, pending, onCancel }: FormActionsProps) {
  return (
    <DialogActions>
      <Button onClick={onCancel}>Cancel</Button>
      <Button type="submit" variant="primary" pending={pending} pendingLabel={pendingLabel}>
        {submitLabel}
      </Button>
    </DialogActions>
  );
}
