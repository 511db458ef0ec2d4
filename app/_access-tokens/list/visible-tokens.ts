import { redirect } from "next/navigation";
import { listHref, listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { type ListWithOverview, listWithOverview } from "@/lib/access-token-list/queries";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { visible } from "@/lib/web/visible";
import { type ListState, listQuery, readListState } from "./list-state";
import { suffixOfPastedSecret } from "./pasted-secret";
import { mostCounted } from "./range";

type Shown = "id" | "name" | "tokenSuffix" | "status" | "role" | "createdAt" | "expiresAt" | "lastUsedAt";

/** What a row of the list shows, and nothing else: each value is sent as data besides the HTML. */
export type ListedToken = Pick<AccessToken, Shown> & {
  username: string;
  createdBy: string;
  /** While a rotation is pending. */
  retiringSuffix: string | null;
  isLeaked: boolean;
};

export function listedToken(token: AccessToken): ListedToken {
  const { id, name, tokenSuffix, status, role, createdAt, expiresAt, lastUsedAt, technicalUser, createdBy } = token;
  return {
    id,
    name,
    tokenSuffix,
    retiringSuffix: token.retiringSecret?.tokenSuffix ?? null,
    isLeaked: token.leakedAt !== null,
    status,
    role,
    createdAt,
    expiresAt,
    lastUsedAt,
    username: technicalUser.username,
    createdBy: createdBy.name,
  };
}

export type VisibleTokens = ListWithOverview & { state: ListState };

/** The tokens that the URL asks for. 404 or 403 if the actor may not see them. */
export async function visibleTokens(
  actor: Actor,
  fields: ScopeFields,
  searchParams: SearchParams,
): Promise<VisibleTokens> {
  const state = await readListState(searchParams);
  const path = listPathOf(fields);
  const suffix = suffixOfPastedSecret(state.search ?? "");
  if (suffix !== undefined) redirect(listHref(path, { ...state, search: suffix, cursor: undefined, first: undefined }));
  const scope = scopeOf(fields);
  const options = { ...listQuery.parse(state), countUpTo: mostCounted + 1 };
  const { page, cursor } = await visible(
    readCursor(state, (from) => listWithOverview(actor, scope, { ...options, cursor: from })),
  );
  // The tokens of this page may have been deleted since the URL was made.
  if (page.items.length === 0 && cursor) redirect(listHref(path, { ...state, cursor: undefined, first: undefined }));
  return { ...page, state: { ...state, cursor } };
}
