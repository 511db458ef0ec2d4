"use client";

import { useState } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { AddAccessDialog } from "./add-access-dialog";

export function AddAccess({ tokenRef }: { tokenRef: TokenRef }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Add Access
      </Button>
      {open && <AddAccessDialog tokenRef={tokenRef} onClose={() => setOpen(false)} />}
    </>
  );
}
