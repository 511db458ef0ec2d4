"use client";

import { type ComponentProps, useState } from "react";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";

type Props = Omit<ComponentProps<typeof ConfirmDialog>, "onClose"> & {
  label: string;
  variant?: ComponentProps<typeof Button>["variant"];
  "aria-label"?: string;
};

/** A button whose action is confirmed first. */
export function ConfirmButton({ label, variant, "aria-label": ariaLabel, ...dialog }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} aria-label={ariaLabel} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <ConfirmDialog {...dialog} onClose={() => setOpen(false)} />}
    </>
  );
}
