"use client";

import { type ComponentType, useState } from "react";
import { Button } from "@/components/ui/button";
import { useOpening } from "@/components/ui/use-opening";
import type { AddMemberProps } from "./add-member-dialog";

// Loaded on demand: each page of a group may offer to join it, in place of what only admins see.
const load = () => import("./add-member-dialog");

export function AddMember(props: AddMemberProps) {
  const [Dialog, setDialog] = useState<ComponentType<AddMemberProps & { onClose: () => void }>>();
  const { opening, open, ahead } = useOpening(load);
  return (
    <>
      <Button
        variant={props.ownEmail ? "secondary" : "primary"}
        aria-haspopup="dialog"
        aria-expanded={Dialog !== undefined}
        pending={opening}
        pendingLabel="Opening…"
        onPointerEnter={ahead}
        onFocus={ahead}
        onClick={() => open((loaded) => setDialog(() => loaded.AddMemberDialog))}
      >
        {props.ownEmail ? "Join Group" : "Add Member"}
      </Button>
      {Dialog && <Dialog {...props} onClose={() => setDialog(undefined)} />}
    </>
  );
}
