"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Inviting } from "./inviting";

export function InviteDialog({ organizationId }: { organizationId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Invite Member
      </Button>
      {open && <Inviting organizationId={organizationId} onClose={() => setOpen(false)} />}
    </>
  );
}
