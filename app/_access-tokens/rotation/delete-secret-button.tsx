"use client";

import { ConfirmButton } from "@/components/ui/confirm-button";
import { Subject } from "@/components/ui/confirm-dialog";
import { useFocusHandover } from "@/components/ui/use-focus";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { deleteSecretAction } from "../actions";
import { useConfirmed } from "./use-confirmed";

const deleteSecret = reachable(deleteSecretAction);

type Props = {
  token: { id: string; name: string; revision: string };
  /** What the deletion does. */
  sentences: readonly string[];
};

/** Leaves the token to its trusted pipelines. It asks first. */
export function DeleteSecretButton({ token: { id, name, revision }, sentences }: Props) {
  const confirmed = useConfirmed();
  const place = useFocusHandover<HTMLSpanElement>();

  function run() {
    const form = toForm({ tokenId: id, revision });
    return confirmed(deleteSecret({ status: "idle" }, form), `The secret of “${name}” was deleted.`);
  }

  return (
    <span ref={place}>
      <ConfirmButton label="Delete secret" title="Delete secret" pendingLabel="Deleting…" onConfirm={run}>
        <p>
          <Subject>{name}</Subject>
        </p>
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </ConfirmButton>
    </span>
  );
}
