"use client";

import { type ComponentType, useState } from "react";
import { Button } from "@/components/ui/button";
import { useOpening } from "@/components/ui/use-opening";
import type { EditDialogProps } from "./edit-dialog";

const load = () => import("./edit-dialog");

/** The button of the token's page for its name and description. */
export function EditButton(props: Omit<EditDialogProps, "onClose">) {
  const [Dialog, setDialog] = useState<{ Edit: ComponentType<EditDialogProps> }>();
  const { opening, open, ahead } = useOpening(load);
  return (
    <>
      <Button
        pending={opening}
        onPointerEnter={ahead}
        onFocus={ahead}
        onClick={() => open(({ EditDialog }) => setDialog({ Edit: EditDialog }))}
      >
        Edit
      </Button>
      {Dialog && <Dialog.Edit {...props} onClose={() => setDialog(undefined)} />}
    </>
  );
}
