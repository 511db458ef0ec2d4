"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { AddAccessDialog } from "./add-access-dialog";
import type { TokenPlace } from "./place";

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
