"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useFocusHandover } from "@/components/ui/use-focus";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { groupContentsAction, renameGroupAction } from "./actions";
import { DeleteGroupDialog } from "./delete-group-dialog";
import type { Counted } from "./group-contents";
import { GroupNameDialog } from "./group-name-dialog";

const rename = reachable(renameGroupAction);
const count = reachable(groupContentsAction);

type Asked = { for: "rename" } | { for: "delete"; counted: Counted };

/** The row contains an element that names the group and whose id is the group's. */
export function GroupActions({ group }: { group: { id: string; name: string; organizationId: string } }) {
  const [asked, setAsked] = useState<Asked>();
  const row = useFocusHandover<HTMLSpanElement>();
  const close = () => setAsked(undefined);
  const fields = { organizationId: group.organizationId, groupId: group.id };
  const askToDelete = () => setAsked({ for: "delete", counted: count({ status: "idle" }, toForm(fields)) });
  const button = { variant: "quiet", "aria-describedby": group.id } as const;
  return (
    <span ref={row}>
      <Button {...button} onClick={() => setAsked({ for: "rename" })}>
        Rename
      </Button>
      <Button {...button} onClick={askToDelete}>
        Delete
      </Button>
      {asked?.for === "rename" && (
        <GroupNameDialog
          title="Rename Group"
          submitLabel="Rename"
          pendingLabel="Renaming…"
          action={rename}
          fields={fields}
          name={group.name}
          onClose={close}
        />
      )}
      {asked?.for === "delete" && (
        <DeleteGroupDialog fields={fields} name={group.name} counted={asked.counted} onClose={close} />
      )}
    </span>
  );
}
