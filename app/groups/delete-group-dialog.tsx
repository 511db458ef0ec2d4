import { Suspense, useState, useTransition } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { type FormState, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { deleteGroupAction } from "./actions";
import { type Counted, GroupContents } from "./group-contents";

const deleteGroup = reachable(deleteGroupAction);

type Props = { fields: Record<string, string>; name: string; counted: Counted; onClose: () => void };

/** Says what goes with the group, and wants its name typed: a group may hold what many pipelines depend on. */
export function DeleteGroupDialog({ fields, name, counted, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [answer, setAnswer] = useState<FormState<void>>({ status: "idle" });
  const [pending, startTransition] = useTransition();
  const failed = answer.status === "failed" ? answer : undefined;

  function confirm() {
    startTransition(async () => {
      const next = await deleteGroup({ status: "idle" }, toForm({ ...fields, name: typed }));
      if (next.status === "done") onClose();
      else setAnswer(next);
    });
  }

  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Delete Group"
      confirmLabel="Delete Group"
      pendingLabel="Deleting…"
      pending={pending}
      error={failed?.message}
      onConfirm={confirm}
    >
      <p>
        <strong className="font-semibold wrap-anywhere text-text">{name}</strong> is deleted, and with it:
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
