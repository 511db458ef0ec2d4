import { type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { prepared } from "@/db/prepared";
import { accessTokens } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import { authorize, type Rights } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { type Bounds, boundsOf } from "@/lib/policies/policy";
import { policyRows, storedPolicies } from "@/lib/policies/read";
import { cursorAt, placeOf } from "./cursor";
import { indexOrderOf, isFiltered, ofOwner, type TokenFilter } from "./filter";
import { readPage, usualLimit } from "./list-page";
import { type SearchIn, searchCondition } from "./search";
import { isDescending, type Sort } from "./sort";

export type ListAccessTokens = TokenFilter & {
  /** Literal substring of what `searchIn` names, case-insensitive. */
  search?: string;
  searchIn?: SearchIn;
  sort?: Sort;
  /** Whether the sort by expiration, ascending, shows expired tokens last. */
  expiredLast?: boolean;
  limit?: number;
  cursor?: string;
  /** Counts the tokens of all pages, up to this number. */
  countUpTo?: number;
};

/** `access` holds the scope and the actor's rights in it, for rendering the page around the list. */
export type AccessTokenPage = {
  items: AccessToken[];
  nextCursor: string | null;
  previousCursor: string | null;
  access: Rights;
  /** Undefined if it was not asked for. */
  total?: number;
};

/** One page of the scope's tokens, with keyset pagination: a deep page costs the same as the first. */
export async function listAccessTokens(
  actor: Actor,
  scope: Scope,
  options: ListAccessTokens = {},
): Promise<AccessTokenPage> {
  return readList(await authorize(db, actor, scope, "access-tokens:read"), scope, options);
}

/** A page of the tokens with what is shown around it. */
export type ListWithOverview = AccessTokenPage & {
  total: number;
  overview: ListOverview;
  /** What holds for new tokens of the scope, and for rotations of its tokens. */
  bounds: Bounds;
};

/** Authorizes once for all, and reads what is around the page in one query beside it (record 0128). */
export async function listWithOverview(
  actor: Actor,
  scope: Scope,
  { countUpTo, ...options }: ListAccessTokens & { countUpTo: number },
): Promise<ListWithOverview> {
  const access = await authorize(db, actor, scope, "access-tokens:read");
  const isWhole = !options.search && !isFiltered(options);
  const [page, { tokens, overview, policies }] = await Promise.all([
    readList(access, scope, { ...options, ...(!isWhole && { countUpTo }) }),
    readOverview(access, countUpTo),
  ]);
  return { ...page, total: page.total ?? tokens, overview, bounds: boundsOf(storedPolicies(policies)) };
}

async function readList(access: Rights, scope: Scope, options: ListAccessTokens): Promise<AccessTokenPage> {
  const { search, searchIn = "names", sort = "-created_at", limit = usualLimit, cursor } = options;
  const from = cursor ? placeOf(cursor, sort) : undefined;
  const backwards = from?.direction === "previous";
  const asOf = options.expiredLast && sort === "expires_at" ? (from?.asOf ?? access.now.toISOString()) : undefined;
  const descending = isDescending(sort) !== backwards;
  const view = { ownerId: ownerOf(scope), filter: options, sort, descending, from, limit, expiredLastAsOf: asOf };
  const found = search ? await searchCondition(view, search, searchIn) : undefined;
  const { tokens: items, more, total } = await readPage(view, { countUpTo: options.countUpTo, found });
  if (backwards) items.reverse();
  return {
    items,
    nextCursor: more || backwards ? cursorAt(items.at(-1), sort, "next", asOf) : null,
    previousCursor: (backwards ? more : from) ? cursorAt(items[0], sort, "previous", asOf) : null,
    access,
    ...(options.countUpTo && { total: total ?? items.length }),
  };
}

const mostCounted = 100;
const mostCreators = 100;

/** What the filters of a list offer. Counts go up to 100. */
export type ListOverview = {
  expiresSoon: number;
  neverUsed: number;
  notUsedFor30Days: number;
  /** People who created tokens that are in the list, by name; at most 100. */
  creators: Creator[];
};
export type Creator = { id: string; name: string; email: string | null };

/** Each column reads a bounded part of an index. `tokens` counts the list without a filter, up to `countUpTo`. */
async function readOverview({ organization, group }: Rights, countUpTo: number) {
  const query = prepared(db, `overview_of_access_tokens_${countUpTo}`, () => selectOverview(countUpTo));
  const groupId = group?.id ?? null;
  const values = { ownerId: groupId ?? organization.id, organizationId: organization.id, groupId };
  const [found] = await query.execute(values);
  if (!found) throw new Error("the list's overview was not found");
  return found;
}

function selectOverview(countUpTo: number) {
  const { placeholder } = sql;
  return db
    .select({
      overview: {
        expiresSoon: counted({ expiresSoon: true }),
        neverUsed: counted({ idle: "never_used" }),
        notUsedFor30Days: counted({ idle: "not_used_for_30_days" }),
        creators: selectCreators(),
      },
      tokens: counted({}, countUpTo),
      policies: policyRows({ organizationId: placeholder("organizationId"), groupId: placeholder("groupId") }),
    })
    .from(sql`(select) as overview`);
}

/** In the order of the filter's index: without it PostgreSQL may read the table instead. */
function counted(filter: TokenFilter, upTo = mostCounted): SQL<number> {
  const where = ofOwner(sql.placeholder("ownerId"), filter);
  const bounded = sql`select from ${accessTokens} where ${where} order by ${indexOrderOf(filter)} limit ${sql.raw(String(upTo))}`;
  return sql<number>`(select count(*) from (${bounded}) bounded)`.mapWith(Number);
}

// Looks up one creator after the other in the index of creators: a `distinct` would read all of the list's tokens.
function selectCreators(): SQL<Creator[]> {
  const ownerId = sql.placeholder("ownerId");
  const next = sql`select created_by_id as id from access_tokens where owner_id = ${ownerId}`;
  return sql<Creator[]>`(
    with recursive creators as (
      (select id, 1 as number from (${next} order by created_by_id limit 1) first)
      union all
      select next.id, number + 1
      from creators, lateral (${next} and created_by_id > creators.id order by created_by_id limit 1) next
      where number < ${sql.raw(String(mostCreators))}
    )
    select coalesce(
      json_agg(json_build_object('id', users.id, 'name', users.name, 'email', users.email) order by users.name, users.id),
      '[]'
    )
    from creators join users on users.id = creators.id
  )`;
}
