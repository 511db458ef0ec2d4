"use client";

import { Button } from "@/components/ui/button";
import type { RotateDialogProps } from "./rotate-dialog";
import { useRotation } from "./use-rotation";

/** The button of the token's page. */
export function RotateButton(props: Omit<RotateDialogProps, "onClose">) {
  const { opening, ahead, rotate, dialog } = useRotation(props);
  return (
    <>
      <Button pending={opening} onPointerEnter={ahead} onFocus={ahead} onClick={rotate}>
        Rotate Token
      </Button>
      {dialog}
    </>
  );
}
