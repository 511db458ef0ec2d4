"use client";

import { Suspense, use } from "react";
import { ConfirmDialog, type ConfirmRefusal, Subject } from "@/components/ui/confirm-dialog";
import type { Status } from "@/lib/access-tokens/access-token";
import type { Change } from "./change";
import type { KnownConsequences } from "./consequences";
import type { ChangedToken } from "./use-change";
import { consequenceOf, factsInWords, undoOf } from "./words";

export { consequencesFor } from "./consequences";

const titles: Record<Change, { title: string; pendingLabel: string }> = {
  revoke: { title: "Revoke Token", pendingLabel: "Revoking…" },
  reactivate: { title: "Reactivate Token", pendingLabel: "Reactivating…" },
  delete: { title: "Delete Token", pendingLabel: "Deleting…" },
};

export type ChangeDialogProps = {
  token: ChangedToken["token"];
  change: Change;
  known: KnownConsequences;
  refused?: ConfirmRefusal;
  onConfirm: () => Promise<ConfirmRefusal | undefined>;
  onClose: () => void;
};

/** Asks before the change, and says what it means for what uses the token. The facts may come later than the dialog. */
export function ChangeDialog({ token, change, known, ...dialog }: ChangeDialogProps) {
  return (
    <ConfirmDialog {...titles[change]} {...dialog}>
      <p>
        <Subject>{token.name}</Subject>
      </p>
      <Suspense
        fallback={
          <>
            <p>{consequenceOf(change, token.status)}</p>
            <p role="status">Looking up what uses it…</p>
          </>
        }
      >
        <Facts change={change} status={token.status} known={known} />
      </Suspense>
      <p>{undoOf(change)}</p>
    </ConfirmDialog>
  );
}

type FactsProps = { change: Change; status: Status; known: KnownConsequences };

function Facts({ change, status, known }: FactsProps) {
  const consequences = use(known);
  return (
    <>
      <p>{consequenceOf(change, consequences?.status ?? status)}</p>
      {consequences ? (
        <ul className="list-disc pl-5 empty:hidden">
          {factsInWords(change, consequences).map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      ) : (
        <p role="status">What uses it could not be looked up. You can go on all the same.</p>
      )}
    </>
  );
}
