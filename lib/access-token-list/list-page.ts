import { and, asc, desc, gt, inArray, lte, type Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { prepared } from "@/db/prepared";
import { accessTokens } from "@/db/schema";
import { type AccessToken, selectAccessTokens } from "@/lib/access-tokens/access-token";
import { indexOrderOf, isFiltered, ofOwner, type TokenFilter } from "./filter";
import { type Sort, sortKeys } from "./sort";

export type View = {
  ownerId: string;
  filter: TokenFilter;
  sort: Sort;
  descending: boolean;
  /** The edge of the previous page. */
  from: { value: string; id: string } | undefined;
  limit: number;
  /** Sorts tokens that were expired at this instant behind all others; only for the sort by expiration. */
  expiredLastAsOf?: string | undefined;
};

/**
 * A page's tokens in its order; `more` tells whether others follow. `total` is how many tokens the list has on all its
 * pages, up to `countUpTo`. It is undefined if that was not asked for, or if this page is the only one.
 */
export type FoundPage = { tokens: AccessToken[]; more: boolean; total: number | undefined };

type Value = string | Placeholder;
type Values = { ownerId: Value; from: { value: Value; id: Value } | undefined };
type Reading = { countUpTo: number | undefined; found: SQL | undefined };

export const usualLimit = 20;

/** The page, of tokens that also meet the condition `found`. */
export async function readPage(view: View, { countUpTo, found }: Reading): Promise<FoundPage> {
  const counted = (more: boolean) =>
    countUpTo && (view.from || more) ? countTokens(countUpTo, view, found) : undefined;
  const isUsual = !found && !isFiltered(view.filter) && view.limit === usualLimit && !view.expiredLastAsOf;
  if (isUsual) {
    const rows = await readUsual(view);
    const more = rows.length > usualLimit;
    return { tokens: rows.slice(0, usualLimit), more, total: await counted(more) };
  }
  const ids = await findIds(view, found);
  const more = ids.length > view.limit;
  const [tokens, total] = await Promise.all([readTokens(ids.slice(0, view.limit)), counted(more)]);
  return { tokens, more, total };
}

/** One prepared query, since its plan is good for every list, and planning takes six times as long as running it. */
function readUsual(view: View): Promise<AccessToken[]> {
  const { sort, descending, from, ownerId } = view;
  const name = `tokens ${sort} ${descending} ${Boolean(from)}`;
  const query = prepared(db, name, () => selectUsual(view));
  return query.execute({ ownerId, fromValue: from?.value, fromId: from?.id });
}

/** The limit applies before the joins: if no index gives the order, only the tokens themselves are sorted. */
function selectUsual(view: View) {
  const from = { value: sql.placeholder("fromValue"), id: sql.placeholder("fromId") };
  const values = { ownerId: sql.placeholder("ownerId"), from: view.from && from };
  const ids = db.select({ id: accessTokens.id }).from(accessTokens).where(listed(view, values)).orderBy(orderOf(view));
  // A literal: PostgreSQL estimates an unknown limit as a tenth of all rows.
  const page = sql`(${ids} limit ${sql.raw(String(usualLimit + 1))})`;
  return selectAccessTokens(db).where(inArray(accessTokens.id, page)).orderBy(orderOf(view));
}

/** The ids of the page and one more. */
async function findIds(view: View, found: SQL | undefined): Promise<{ id: string }[]> {
  const ids: { id: string }[] = [];
  for (const part of partsOf(view)) {
    const rest = view.limit - ids.length;
    if (rest < 0) break;
    ids.push(...(await selectIds({ ...view, from: part.from, limit: rest }, and(part.where, found))));
  }
  return ids;
}

type Part = { where: SQL | undefined; from: View["from"] };

/** The list in the parts of which its order consists, from the one that contains the cursor. */
function partsOf({ expiredLastAsOf: asOf, from, descending }: View): Part[] {
  if (!asOf) return [{ where: undefined, from }];
  const instant = sql`${asOf}::timestamptz`;
  const parts = [
    { where: gt(accessTokens.expiresAt, instant), hasCursor: from && from.value > asOf },
    { where: lte(accessTokens.expiresAt, instant), hasCursor: from && from.value <= asOf },
  ];
  const ordered = descending ? parts.reverse() : parts;
  const first = Math.max(
    ordered.findIndex(({ hasCursor }) => hasCursor),
    0,
  );
  return ordered.slice(first).map(({ where, hasCursor }) => ({ where, from: hasCursor ? from : undefined }));
}

/** Not prepared, so that it is planned for the actual filter. */
export function selectIds(view: View, found?: SQL) {
  const where = and(listed(view, view), found);
  if (view.filter.expiresSoon && !view.sort.endsWith("expires_at")) return selectSortedIds(view, where);
  return db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(where)
    .orderBy(orderOf(view))
    .limit(view.limit + 1);
}

/**
 * Finds all of the filter's tokens by its index, and sorts them. Without the inner order PostgreSQL may walk the sorted
 * list instead: it expects the filter's tokens to be spread evenly, but tokens of one age have one expiration.
 */
function selectSortedIds(view: View, where: SQL | undefined) {
  const { expression } = sortKeys[view.sort];
  const found = db
    .select({ id: accessTokens.id, value: sql`${expression}`.as("value") })
    .from(accessTokens)
    .where(where)
    .orderBy(indexOrderOf(view.filter))
    .as("found");
  return db
    .select({ id: found.id })
    .from(found)
    .orderBy(inOrder(view, found.value, found.id))
    .limit(view.limit + 1);
}

/**
 * How many tokens the list has on all its pages, counted up to `limit`. In the order of the filter's index: without an
 * order PostgreSQL may read the table until it has found enough rows, and in another one it reads each row.
 */
function countTokens(limit: number, { ownerId, filter }: View, found: SQL | undefined): Promise<number> {
  const listed = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(and(ofOwner(ownerId, filter, "created_at"), found))
    .orderBy(indexOrderOf(filter))
    .limit(limit);
  return db.$count(listed.as("listed"));
}

/** The tokens with these ids, in their order; deleted ones are left out. */
async function readTokens(found: { id: string }[]): Promise<AccessToken[]> {
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => id);
  const query = prepared(db, "tokens of ids", () =>
    selectAccessTokens(db).where(sql`${accessTokens.id} = any(${sql.placeholder("ids")})`),
  );
  const tokens = new Map((await query.execute({ ids })).map((token) => [token.id, token]));
  return ids.flatMap((id) => tokens.get(id) ?? []);
}

function orderOf(view: View): SQL {
  return inOrder(view, sortKeys[view.sort].expression, accessTokens.id);
}

function inOrder({ descending }: View, ...columns: SQLWrapper[]): SQL {
  return sql.join(columns.map(descending ? desc : asc), sql`, `);
}

/** The list's tokens after the cursor, or all of them without one. */
function listed(view: View, { ownerId, from }: Values): SQL | undefined {
  return and(ofOwner(ownerId, view.filter, view.sort), from && after(view, from.value, from.id));
}

function after({ sort, descending }: View, value: Value, id: Value): SQL {
  const { expression, fromText } = sortKeys[sort];
  return sql`(${expression}, ${accessTokens.id}) ${sql.raw(descending ? "<" : ">")} (${fromText(value)}, ${id})`;
}
