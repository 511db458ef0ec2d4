"use client";

import { type ComponentType, useState } from "react";
import { useOpening } from "@/components/ui/use-opening";
import type { RotateDialogProps } from "./rotate-dialog";

// Loaded on demand, to keep the list page's scripts small.
const load = () => import("./rotate-dialog");

/** The dialog "Rotate Token", and what opens it. Each opening is one rotation with its own idempotency key. */
export function useRotation(props: Omit<RotateDialogProps, "onClose">) {
  const [opened, setOpened] = useState<{ Dialog: ComponentType<RotateDialogProps> }>();
  const { opening, open, ahead } = useOpening(load);
  return {
    opening,
    ahead,
    rotate: () => open(({ RotateDialog }) => setOpened({ Dialog: RotateDialog })),
    dialog: opened && <opened.Dialog {...props} onClose={() => setOpened(undefined)} />,
  };
}
