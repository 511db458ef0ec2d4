import { redirect } from "next/navigation";
import { type AccessTokenPage, listAccessTokens } from "@/lib/access-tokens/queries";
import type { Actor } from "@/lib/auth/actor";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { visible } from "@/lib/web/visible";
import { listHref } from "./list-href";
import { type ListState, readListState } from "./list-state";
import { listPathOf, scopeOf } from "./scope";
import type { ScopeFields } from "./scope-fields";

export type VisibleTokens = AccessTokenPage & { state: ListState };

/** The tokens that the address asks for; 404 or 403 where they aren't for the actor to see. */
export async function visibleTokens(
  actor: Actor,
  scope: ScopeFields,
  searchParams: SearchParams,
): Promise<VisibleTokens> {
  const state = await readListState(searchParams);
  const { page, cursor } = await visible(
    readCursor(state, (from) => listAccessTokens(actor, scopeOf(scope), { ...state, cursor: from })),
  );
  // The tokens of this page may be gone since its address was made.
  if (page.items.length === 0 && cursor) redirect(listHref(listPathOf(scope), { ...state, cursor: undefined }));
  return { ...page, state };
}
