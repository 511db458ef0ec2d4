import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, environmentVariables, runners, versionControlAccesses } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize, type Rights } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { notFound } from "@/lib/errors";
import type { AccessToken, Status } from "./access-token";
import { cursorAt, placeOf } from "./cursor";
import { findManagedToken, findVisibleToken } from "./find";
import { readPage, usualLimit } from "./list-page";
import { searchPage } from "./search";
import { isDescending, type Sort } from "./sort";

export type ListAccessTokens = {
  status?: Status;
  /** Literal substring of names, case-insensitive. */
  search?: string;
  sort?: Sort;
  limit?: number;
  cursor?: string;
};

/** `access` holds the scope and the actor's rights in it, for rendering the page around the list. */
export type AccessTokenPage = {
  items: AccessToken[];
  nextCursor: string | null;
  previousCursor: string | null;
  access: Rights;
};

/** One page of the scope's tokens, with keyset pagination: a deep page costs the same as the first. */
export async function listAccessTokens(
  actor: Actor,
  scope: Scope,
  { status, search, sort = "-created_at", limit = usualLimit, cursor }: ListAccessTokens = {},
): Promise<AccessTokenPage> {
  const access = await authorize(db, actor, scope, "access-tokens:read");
  const from = cursor ? placeOf(cursor, sort) : undefined;
  const backwards = from?.direction === "previous";
  const view = { ownerId: ownerOf(scope), status, sort, descending: isDescending(sort) !== backwards, from, limit };
  const { tokens: items, more } = search ? await searchPage(view, search) : await readPage(view);
  if (backwards) items.reverse();
  return {
    items,
    nextCursor: more || backwards ? cursorAt(items.at(-1), sort, "next") : null,
    previousCursor: (backwards ? more : from) ? cursorAt(items[0], sort, "previous") : null,
    access,
  };
}

/**
 * The token, also for a token reading itself. Throws `not_found` for actors who may not list the tokens of its scope, and
 * for a token of another scope than `within`, if that is given.
 */
export async function getAccessToken(actor: Actor, tokenId: string, within?: Scope): Promise<AccessToken> {
  const { token, scope } = await findVisibleToken(db, actor, tokenId);
  if (within && ownerOf(within) !== ownerOf(scope)) throw notFound("This access token");
  return token;
}

/** The same for actors who may change the token: throws `forbidden` for a token with the user role reading itself. */
export async function getManagedToken(actor: Actor, tokenId: string): Promise<AccessToken> {
  return (await findManagedToken(db, actor, tokenId)).token;
}

/** What is lost with a token that is revoked or deleted; `runners` are those that work now. */
export type Consequences = Pick<AccessToken, "status" | "lastUsedAt"> & {
  runners: number;
  accesses: number;
  variables: number;
};

/** For the question before the token is revoked or deleted. */
export async function consequencesOf(actor: Actor, tokenId: string): Promise<Consequences> {
  const { id, status, lastUsedAt } = await getAccessToken(actor, tokenId);
  const [counted] = await db
    .select({
      runners: db.$count(runners, and(eq(runners.accessTokenId, id), eq(runners.state, "registered"))),
      accesses: db.$count(
        versionControlAccesses,
        and(eq(versionControlAccesses.accessTokenId, id), isNull(versionControlAccesses.removedAt)),
      ),
      variables: db.$count(environmentVariables, eq(environmentVariables.accessTokenId, id)),
    })
    .from(accessTokens)
    .where(eq(accessTokens.id, id));
  if (!counted) throw notFound("This access token");
  return { status, lastUsedAt, ...counted };
}
