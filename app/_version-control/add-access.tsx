"use client";

import { useState } from "react";
import type { TokenPlace } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { AddAccessDialog } from "./add-access-dialog";

export function AddAccess({ place }: { place: TokenPlace }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Add Access
      </Button>
      {open && <AddAccessDialog place={place} onClose={() => setOpen(false)} />}
    </>
  );
}
