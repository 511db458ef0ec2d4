"use client";

import { Suspense, useState } from "react";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { type Refusal, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { deleteGroupAction } from "./actions";
import { type Counted, GroupContents } from "./group-contents";

const deleteGroup = reachable(deleteGroupAction);

type Props = { fields: Record<string, string>; name: string; counted: Counted; onClose: () => void };

/** Lists what is deleted with the group. The person has to type its name, because many pipelines may depend on it. */
export function DeleteGroupDialog({ fields, name, counted, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [failed, setFailed] = useState<Refusal>();

  async function confirm() {
    const refusal = refusalOf(await deleteGroup({ status: "idle" }, toForm({ ...fields, name: typed })));
    setFailed(refusal);
    return refusal;
  }

  return (
    <ConfirmDialog title="Delete Group" pendingLabel="Deleting…" onConfirm={confirm} onClose={onClose}>
      <p>
        <Subject>{name}</Subject> is deleted.
      </p>
      <Suspense fallback={<p role="status">Counting…</p>}>
        <GroupContents counted={counted} />
      </Suspense>
      <p>
        Scripts, CI pipelines and runners that use its access tokens are refused from now on. This is permanent and
        can’t be undone.
      </p>
      <div className="text-text">
        <Field
          label="Group Name"
          help="Type the group’s name to confirm."
          autoComplete="off"
          required
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          errors={failed?.fields?.name}
        />
      </div>
    </ConfirmDialog>
  );
}
