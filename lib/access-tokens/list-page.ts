import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, type Placeholder, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { prepared } from "@/db/prepared";
import { accessTokens } from "@/db/schema";
import { type AccessToken, type Status, selectAccessTokens } from "./access-token";
import { type Sort, sortKeys } from "./sort";

export type View = {
  ownerId: string;
  status: Status | undefined;
  sort: Sort;
  descending: boolean;
  /** The edge of the previous page. */
  from: { value: string; id: string } | undefined;
  limit: number;
};

/** A page's tokens in its order; `more` tells whether others follow. */
export type FoundPage = { tokens: AccessToken[]; more: boolean };

type Value = string | Placeholder;
type Values = { ownerId: Value; from: { value: Value; id: Value } | undefined };

export const usualLimit = 20;

export async function readPage(view: View): Promise<FoundPage> {
  if (view.status || view.limit !== usualLimit) return readTokens(view, await selectIds(view));
  const { sort, descending, from, ownerId } = view;
  const name = `tokens ${sort} ${descending} ${Boolean(from)}`;
  // One prepared query, since its plan is good for every list, and planning takes six times as long as running it.
  const query = prepared(db, name, () => selectUsual(view));
  const rows = await query.execute({ ownerId, fromValue: from?.value, fromId: from?.id });
  return { tokens: rows.slice(0, usualLimit), more: rows.length > usualLimit };
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

/** The ids of the page and one more. Not prepared, so that it is planned for the actual filter. */
export function selectIds(view: View, found?: SQL) {
  return db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(and(listed(view, view), found))
    .orderBy(orderOf(view))
    .limit(view.limit + 1);
}

/** The tokens with these ids; deleted ones are left out. */
export async function readTokens(view: View, ids: { id: string }[]): Promise<FoundPage> {
  if (ids.length === 0) return { tokens: [], more: false };
  const name = `tokens of ids ${view.sort} ${view.descending}`;
  const query = prepared(db, name, () =>
    selectAccessTokens(db)
      .where(sql`${accessTokens.id} = any(${sql.placeholder("ids")})`)
      .orderBy(orderOf(view)),
  );
  const tokens = await query.execute({ ids: ids.slice(0, view.limit).map(({ id }) => id) });
  return { tokens, more: ids.length > view.limit };
}

function orderOf({ sort, descending }: View): SQL {
  const direction = descending ? desc : asc;
  return sql.join([direction(sortKeys[sort].expression), direction(accessTokens.id)], sql`, `);
}

/** The list's tokens after the cursor, or all of them without one. */
function listed(view: View, { ownerId, from }: Values): SQL | undefined {
  return and(
    eq(accessTokens.ownerId, ownerId),
    view.status && statusFilter[view.status],
    from && after(view, from.value, from.id),
  );
}

function after({ sort, descending }: View, value: Value, id: Value): SQL {
  const { expression, fromText } = sortKeys[sort];
  return sql`(${expression}, ${accessTokens.id}) ${sql.raw(descending ? "<" : ">")} (${fromText(value)}, ${id})`;
}

const statusFilter: Record<Status, SQL | undefined> = {
  active: and(isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  revoked: and(isNotNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`)),
  expired: lte(accessTokens.expiresAt, sql`now()`),
};
