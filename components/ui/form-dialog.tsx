"use client";

import { type ComponentProps, type ReactNode, useCallback, useRef, useState } from "react";
import { ActionForm, FormError } from "./action-form";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";
import { Dialog } from "./dialog";
import { DialogActions, DialogBody } from "./dialog-actions";
import { HiddenFields } from "./field";

type FormFrameProps = Omit<ComponentProps<typeof Dialog>, "onInteractOutside"> & {
  pending: boolean;
  /** Whether a click outside closes the dialog as Escape does. */
  closesOutside?: boolean;
};

/**
 * The dialog around a form. A click outside does not close it. Escape asks first if something was typed or changed. It
 * stays open while the form is sent.
 */
export function FormFrame({ pending, closesOutside = false, onClose, children, ...dialog }: FormFrameProps) {
  const { box, isFilled } = useFilled();
  const [asking, setAsking] = useState(false);

  function leave() {
    if (pending) return;
    if (isFilled()) setAsking(true);
    else onClose();
  }

  return (
    <Dialog {...dialog} onClose={leave} onInteractOutside={(event) => !closesOutside && event.preventDefault()}>
      <div ref={box}>{children}</div>
      {asking && (
        <ConfirmDialog
          title="Discard what you typed?"
          cancelLabel="Go back"
          confirmLabel="Discard"
          pendingLabel="Closing…"
          onConfirm={async () => void onClose()}
          onClose={() => setAsking(false)}
        >
          <p>Nothing of this form has been stored.</p>
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Whether a field in the box differs from what it was when the box appeared. */
function useFilled() {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(new Map<Control, string>());
  const box = useCallback((box: HTMLDivElement | null) => {
    element.current = box;
    before.current = new Map(controlsIn(box).map((control) => [control, contentOf(control)]));
  }, []);
  const isFilled = () =>
    controlsIn(element.current).some((control) => contentOf(control) !== (before.current.get(control) ?? ""));
  return { box, isFilled };
}

function controlsIn(box: HTMLDivElement | null): Control[] {
  return [...(box?.querySelectorAll<Control>("input:not([type=hidden]), textarea, select") ?? [])].filter(
    (control) => !("readOnly" in control && control.readOnly),
  );
}

function contentOf(control: Control): string {
  return control instanceof HTMLInputElement && control.type === "checkbox"
    ? `${control.checked || ""}`
    : control.value;
}

type FormDialogProps = Omit<FormFrameProps, "closesOutside"> &
  Pick<ComponentProps<typeof ActionForm>, "action"> & {
    /** What the form sends besides what is typed. */
    hidden?: ComponentProps<typeof HiddenFields>["fields"];
    /** Shown above the buttons: the top of a long form may be out of view. A short form can show it as its first child. */
    error?: ReactNode;
    submitLabel: string;
    pendingLabel: string;
  };

/** A form in a dialog, with Cancel, which discards what was typed. */
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
  return (
    <FormFrame {...dialog} pending={pending} onClose={onClose}>
      <ActionForm action={action}>
        <HiddenFields fields={hidden} />
        <DialogBody>
          {children}
          <FormError>{error}</FormError>
        </DialogBody>
        <FormActions
          submitLabel={submitLabel}
          pendingLabel={pendingLabel}
          pending={pending}
          onCancel={() => !pending && onClose()}
        />
      </ActionForm>
    </FormFrame>
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
