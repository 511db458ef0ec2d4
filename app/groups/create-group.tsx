"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { reachable } from "@/lib/web/reachable";
import { createGroupAction } from "./actions";
import { GroupNameDialog } from "./group-name-dialog";

const create = reachable(createGroupAction);

export function CreateGroup({ organizationId }: { organizationId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Create Group
      </Button>
      {open && (
        <GroupNameDialog
          title="Create Group"
          submitLabel="Create"
          pendingLabel="Creating…"
          action={create}
          fields={{ organizationId }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
