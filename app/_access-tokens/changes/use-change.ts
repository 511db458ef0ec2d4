"use client";

import { useRouter } from "next/navigation";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import type { ConfirmRefusal } from "@/components/ui/confirm-dialog";
import type { Status } from "@/lib/access-tokens/access-token";
import { type FormState, type Refusal, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeAccessTokenAction } from "../actions";
import type { Change } from "./change";
import { notUndone, undoable } from "./undo";

export type ChangedToken = {
  token: { id: string; name: string; status: Status };
  scope: ScopeFields;
  /** True on the token's own page, which no longer exists after the token is deleted. */
  leavesPage?: boolean;
};

const done: Record<Change, string> = { revoke: "was revoked", reactivate: "is active again", delete: "was deleted" };

const applyChange = reachable(changeAccessTokenAction);

/** Changes the token, and says that it is done or answers why not. A revocation can be undone from the message. */
export function useChange({ token, scope, leavesPage }: ChangedToken) {
  const announce = useAnnounce();
  const router = useRouter();

  async function run(change: Change): Promise<ConfirmRefusal | undefined> {
    const answer = await send({ change });
    const refused = refusalOf(answer);
    if (refused)
      return isGone(refused) ? { message: gone, instead: { label: "Reload the list", run: reload } } : refused;
    const text = inWords(change);
    announce(change === "revoke" && answer.status === "done" ? undoable(text, () => undo(answer.data)) : { text });
    return undefined;
  }

  /** Only while the token is as the revocation left it: somebody else may have revoked it again. */
  async function undo(revision = ""): Promise<void> {
    const refused = refusalOf(await send({ change: "reactivate", revision }));
    if (!refused) announce({ text: inWords("reactivate") });
    else if (isGone(refused)) announce({ text: gone });
    else announce(notUndone(refused, () => undo(revision)));
  }

  async function send(fields: { change: Change; revision?: string }): Promise<FormState<string | undefined>> {
    const form = toForm({ ...scope, tokenId: token.id, ...fields, ...(leavesPage && { leavesPage: "on" }) });
    try {
      return await applyChange({ status: "idle" }, form);
    } catch (redirect) {
      // A deletion on the token's own page ends with a redirect.
      announce({ text: inWords(fields.change) });
      throw redirect;
    }
  }

  const inWords = (change: Change) => `“${token.name}” ${done[change]}.`;

  function reload(): void {
    if (leavesPage) router.push(listPathOf(scope));
    else router.refresh();
  }

  return run;
}

const gone = "Somebody has deleted it meanwhile.";

/** Not so for a group that the person no longer sees. */
function isGone({ code, message }: Refusal): boolean {
  return code === "not_found" && message === "This access token was not found.";
}
