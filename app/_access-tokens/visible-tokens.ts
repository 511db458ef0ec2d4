import { redirect } from "next/navigation";
import { listHref, listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { type AccessTokenPage, listAccessTokens } from "@/lib/access-token-list/queries";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { visible } from "@/lib/web/visible";
import { type ListState, readListState } from "./list-state";

type Shown = "id" | "name" | "tokenSuffix" | "status" | "role" | "createdAt" | "expiresAt" | "lastUsedAt";

/** What a row of the list shows, and nothing else: each value is sent as data besides the HTML. */
export type ListedToken = Pick<AccessToken, Shown> & { username: string };

export function listedToken(token: AccessToken): ListedToken {
  const { id, name, tokenSuffix, status, role, createdAt, expiresAt, lastUsedAt, technicalUser } = token;
  return { id, name, tokenSuffix, status, role, createdAt, expiresAt, lastUsedAt, username: technicalUser.username };
}

export type VisibleTokens = AccessTokenPage & { state: ListState };

/** The tokens that the URL asks for. 404 or 403 if the actor may not see them. */
export async function visibleTokens(
  actor: Actor,
  scope: ScopeFields,
  searchParams: SearchParams,
): Promise<VisibleTokens> {
  const state = await readListState(searchParams);
  const { page, cursor } = await visible(
    readCursor(state, (from) => listAccessTokens(actor, scopeOf(scope), { ...state, cursor: from })),
  );
  // The tokens of this page may have been deleted since the URL was made.
  if (page.items.length === 0 && cursor) redirect(listHref(listPathOf(scope), { ...state, cursor: undefined }));
  return { ...page, state };
}
