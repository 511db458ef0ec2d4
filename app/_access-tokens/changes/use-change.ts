"use client";

import { useRouter } from "next/navigation";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import type { ConfirmRefusal } from "@/components/ui/confirm-dialog";
import type { Status } from "@/lib/access-tokens/access-token";
import { type Refusal, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeAccessTokenAction } from "../actions";
import type { Change } from "./change";

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
    const form = toForm({ ...scope, tokenId: token.id, change, ...(leavesPage && { leavesPage: "on" }) });
    const refused = await sent(form, () => tell(change));
    if (!refused) tell(change);
    return (
      refused && (isGone(refused) ? { message: gone, instead: { label: "Reload the list", run: reload } } : refused)
    );
  }

  function tell(change: Change): void {
    const text = `“${token.name}” ${done[change]}.`;
    announce(change === "revoke" ? { text, action: { label: "Undo", run: undo } } : { text });
  }

  async function undo(): Promise<void> {
    const refused = await run("reactivate");
    if (refused) announce({ text: refused.message ?? "The token could not be reactivated." });
  }

  function reload(): void {
    if (leavesPage) router.push(listPathOf(scope));
    else router.refresh();
  }

  return run;
}

/** A deletion on the token's own page ends with a redirect, which is thrown. */
async function sent(form: FormData, onRedirect: () => void): Promise<Refusal | undefined> {
  try {
    return refusalOf(await applyChange({ status: "idle" }, form));
  } catch (redirect) {
    onRedirect();
    throw redirect;
  }
}

const gone = "Somebody has deleted it meanwhile.";

/** Not so for a group that the person no longer sees. */
function isGone({ code, message }: Refusal): boolean {
  return code === "not_found" && message === "This access token was not found.";
}
