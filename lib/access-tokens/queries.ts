import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { prepared, unnamed } from "@/db/prepared";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { type Access, authorize } from "@/lib/auth/authorize";
import { groupScope, ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError, notFound } from "@/lib/errors";
import { type AccessToken, type Status, selectAccessTokens } from "./access-token";
import { cursorAt, placeOf } from "./cursor";
import { owned } from "./find";
import { foldName } from "./name";
import { isDescending, type Sort, sortKeys } from "./sort";

export type ListAccessTokens = {
  status?: Status;
  /** Searched for in names, literally and without regard to case. */
  search?: string;
  sort?: Sort;
  limit?: number;
  cursor?: string;
};

/** `access` is what was found of the scope and of the actor's rights in it, for who shows them around the list. */
export type AccessTokenPage = {
  items: AccessToken[];
  nextCursor: string | null;
  previousCursor: string | null;
  access: Access;
};

/** One page of the scope's tokens, found by keyset: a page deep in the list costs what the first does. */
export async function listAccessTokens(
  actor: Actor,
  scope: Scope,
  { status, search, sort = "-created_at", limit = usualLimit, cursor }: ListAccessTokens = {},
): Promise<AccessTokenPage> {
  const access = await authorize(db, actor, scope, "access-tokens:read");
  const from = cursor ? placeOf(cursor, sort) : undefined;
  const backwards = from?.direction === "previous";
  const isUsual = !search && !status && limit === usualLimit;
  const view = { sort, descending: isDescending(sort) !== backwards, status, isContinued: Boolean(from), isUsual };
  const values = {
    ownerId: ownerOf(scope),
    limit: limit + 1,
    ...(from && { fromValue: from.value, fromId: from.id }),
    ...(search && { pattern: `%${likeLiteral(foldName(search))}%` }),
  };
  const near = search ? await readPage({ ...view, search: "nearby" }, values) : [];
  const tokens = near.length > limit ? near : await readPage({ ...view, search: search ? "all" : "none" }, values);

  const more = tokens.length > limit;
  const items = tokens.slice(0, limit);
  if (backwards) items.reverse();
  return {
    items,
    nextCursor: more || backwards ? cursorAt(items.at(-1), sort, "next") : null,
    previousCursor: (backwards ? more : from) ? cursorAt(items[0], sort, "previous") : null,
    access,
  };
}

const usualLimit = 20;

/** What makes one list another query than another list. */
type View = {
  sort: Sort;
  descending: boolean;
  status: Status | undefined;
  isContinued: boolean;
  /** All tokens, as many as a page has: what nearly every list is. */
  isUsual: boolean;
  search: "none" | "nearby" | "all";
};

/**
 * The usual list has one good plan, whosever it is, and PostgreSQL takes six times as long to plan it as to run it. That
 * of another one depends on what is looked for.
 */
function readPage(view: View, values: Record<string, unknown>): Promise<AccessToken[]> {
  const remember = view.isUsual ? prepared : unnamed;
  return remember(db, `tokens ${Object.values(view).join(" ")}`, () => selectPage(view)).execute(values);
}

/** The page is cut before the joins: where an index can't give the order, only the tokens themselves are sorted. */
function selectPage(view: View) {
  const order = orderOf(view);
  const ids = view.search === "nearby" ? selectNearby(view) : selectIds(view);
  return selectAccessTokens(db).where(inArray(accessTokens.id, ids)).orderBy(order);
}

const matches = sql`like ${sql.placeholder("pattern")}`;
const limit = sql.placeholder("limit");

function selectIds(view: View): SQL {
  const found = view.search === "all" ? sql`${accessTokens.nameKey} ${matches}` : undefined;
  const all = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(and(listed(view), found))
    .orderBy(orderOf(view));
  // Written out where it is planned once: PostgreSQL takes a limit that it doesn't know for a tenth of all rows.
  return sql`(${all} limit ${view.isUsual ? sql.raw(String(usualLimit + 1)) : limit})`;
}

/** How many tokens of the list a search first looks through: most searches fill their page among them. */
const nearest = 5000;

/**
 * The same among the nearest alone. Where many match, finding all of them before they are sorted would take longer; and
 * since the nearest come in the order that is asked for, the first that fill the page end it.
 */
function selectNearby(view: View) {
  const { expression } = sortKeys[view.sort];
  const near = db
    .select({
      id: accessTokens.id,
      nameKey: accessTokens.nameKey,
      sortKey: sql`${expression}`.as("sort_key"),
    })
    .from(accessTokens)
    .where(listed(view))
    .orderBy(orderOf(view))
    .limit(nearest)
    .as("near");
  return db
    .select({ id: near.id })
    .from(near)
    .where(sql`${near.nameKey} ${matches}`)
    .orderBy(...inOrder(view, near.sortKey, near.id))
    .limit(limit);
}

function orderOf(view: View): SQL {
  return sql.join(inOrder(view, sortKeys[view.sort].expression, accessTokens.id), sql`, `);
}

function inOrder({ descending }: View, ...columns: SQLWrapper[]): SQL[] {
  return columns.map((column) => (descending ? desc(column) : asc(column)));
}

/** The tokens of the list from its beginning, or from where the page before it ended. */
function listed({ sort, descending, status, isContinued }: View): SQL | undefined {
  return and(
    eq(accessTokens.ownerId, sql.placeholder("ownerId")),
    status && statusFilter[status],
    isContinued ? after(sort, descending) : undefined,
  );
}

/** The token of this scope. Who may not list the scope's tokens gets `not_found`, but for a technical user's own. */
export async function getAccessToken(actor: Actor, scope: Scope, tokenId: string): Promise<AccessToken> {
  if (actor.kind !== "technical" || actor.accessTokenId !== tokenId) await authorizeHidden(actor, scope);
  const [token] = await selectAccessTokens(db).where(owned(scope, tokenId));
  if (!token) throw notFound("This access token");
  return token;
}

/** Where the token belongs. Authorizes nothing; throws `not_found` for an unknown id. */
export async function scopeOfAccessToken(tokenId: string): Promise<Scope> {
  const [token] = await db
    .select({ organizationId: accessTokens.organizationId, groupId: accessTokens.groupId })
    .from(accessTokens)
    .where(eq(accessTokens.id, givenId(tokenId)));
  if (!token) throw notFound("This access token");
  if (token.groupId) return groupScope(token.groupId);
  return { kind: "organization", organizationId: token.organizationId };
}

async function authorizeHidden(actor: Actor, scope: Scope): Promise<void> {
  try {
    await authorize(db, actor, scope, "access-tokens:read");
  } catch (error) {
    throw error instanceof DomainError ? notFound("This access token") : error;
  }
}

const statusFilter: Record<Status, SQL | undefined> = {
  active: and(isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  revoked: and(isNotNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  expired: lte(accessTokens.expiresAt, sql`now()`),
};

function after(sort: Sort, descending: boolean): SQL {
  const { expression, fromText } = sortKeys[sort];
  const from = sql`(${fromText(sql.placeholder("fromValue"))}, ${sql.placeholder("fromId")})`;
  return sql`(${expression}, ${accessTokens.id}) ${sql.raw(descending ? "<" : ">")} ${from}`;
}

/** NUL, which PostgreSQL's text can't hold, becomes another control: no name has either. */
function likeLiteral(text: string): string {
  return text.replaceAll("\0", "\u0001").replace(/[\\%_]/g, "\\$&");
}
