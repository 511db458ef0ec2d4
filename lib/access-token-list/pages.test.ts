import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { foldName } from "@/lib/names";
import { createToken } from "@/testing/access-tokens";
import { asCursor, foreignCursors, throughPages } from "@/testing/pages";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { type ListAccessTokens, listAccessTokens } from "./queries";
import { type Sort, sorts } from "./sort";

const names = ["beta", "Alpha", "ärmel", "Zulu", "zulu 2", "10", "9", "日本語", "😀", "_", "~", "ALPHA 2", "b"];
// Makes several tokens share most instants.
const day = (place: number, distinct: number) =>
  new Date(Date.UTC(2026, 0, 1 + (place % distinct), 0, 0, 0, place % distinct));

let actor: Actor;
let scope: Scope;
let all: AccessToken[];

const list = (options: ListAccessTokens) => listAccessTokens(actor, scope, options);

beforeAll(async () => {
  const { group, otherGroup } = await createTenant();
  actor = group.admin;
  scope = group.scope;
  for (const [place, name] of names.entries()) {
    const { id } = await createToken(actor, scope, { name });
    await db
      .update(accessTokens)
      .set({
        createdAt: day(place, 4),
        expiresAt: new Date(day(place, 3).getTime() + 36_500 * 86_400_000),
        lastUsedAt: place % 3 === 0 ? null : day(place, 5),
      })
      .where(eq(accessTokens.id, id));
    await createToken(otherGroup.admin, otherGroup.scope, { name });
  }
  all = (await list({ limit: 100 })).items;
  expect(all).toHaveLength(names.length);
});

const values: Record<string, (token: AccessToken) => Buffer | number> = {
  name: ({ name }) => Buffer.from(foldName(name)),
  created_at: ({ createdAt }) => createdAt.getTime(),
  expires_at: ({ expiresAt }) => expiresAt.getTime(),
  // Never used sorts as used longest ago.
  last_used_at: ({ lastUsedAt }) => lastUsedAt?.getTime() ?? Number.NEGATIVE_INFINITY,
};

/** The whole list in the sort's order, with ties by id. */
function sorted(sort: Sort): AccessToken[] {
  const sortedBy = values[sort.replace("-", "")];
  if (!sortedBy) throw new Error(`no value for ${sort}`);
  const ascending = all.toSorted((left, right) => {
    const [a, b] = [sortedBy(left), sortedBy(right)];
    const order = Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.compare(b) : Number(a > b) - Number(a < b);
    return order || (left.id < right.id ? -1 : 1);
  });
  return sort.startsWith("-") ? ascending.reverse() : ascending;
}

describe.each(sorts)("sorted by %s", (sort) => {
  test.each([1, 2, 3, 12, 13, 100])("pages of %i make up the list, forwards", async (limit) => {
    const listed = await throughPages(limit, (page) => list({ ...page, sort }));
    expect(listed).toEqual(sorted(sort));
  });

  test.each([1, 2, 3, 12])("pages of %i lead back to the first", async (limit) => {
    const forwards = [await list({ limit, sort })];
    for (let next = forwards[0]?.nextCursor; next; next = forwards[0]?.nextCursor) {
      forwards.unshift(await list({ limit, sort, cursor: next }));
    }
    const [last, ...rest] = forwards;
    let page = last;
    for (const earlier of rest) {
      page = await list({ limit, sort, cursor: page?.previousCursor ?? "none" });
      expect(page.items).toEqual(earlier.items);
      // Each page back leads forward again.
      expect(page.nextCursor).toBe(earlier.nextCursor);
    }
    expect(page?.previousCursor).toBeNull();
  });
});

test("the default order is newest first", async () => {
  expect((await list({ limit: 100 })).items).toEqual(sorted("-created_at"));
});

test("a page has twenty tokens by default", async () => {
  const { group } = await createTenant();
  for (let one = 0; one < 21; one++) await createToken(group.admin, group.scope);
  const { items, nextCursor } = await listAccessTokens(group.admin, group.scope);
  expect(items).toHaveLength(20);
  expect(nextCursor).not.toBeNull();
});

test("an empty list is one page", async () => {
  const { group } = await createTenant();
  const { access, ...page } = await listAccessTokens(group.admin, group.scope);
  expect(page).toEqual({ items: [], nextCursor: null, previousCursor: null });
  expect(access.group?.id).toBe(group.id);
});

test("filters apply to every page", async () => {
  const listed = await throughPages(1, (page) => list({ ...page, sort: "name", search: "ALPHA", status: "active" }));
  expect(listed.map(({ name }) => name)).toEqual(["Alpha", "ALPHA 2"]);
});

test("the next page starts after the last one, even if tokens were added and deleted meanwhile", async () => {
  const { group } = await createTenant();
  for (const name of ["a", "c", "e", "g"]) await createToken(group.admin, group.scope, { name });
  const first = await listAccessTokens(group.admin, group.scope, { sort: "name", limit: 2 });
  await db.delete(accessTokens).where(eq(accessTokens.id, first.items[1]?.id ?? ""));
  await createToken(group.admin, group.scope, { name: "b" });
  await createToken(group.admin, group.scope, { name: "d" });
  const options = { sort: "name", cursor: first.nextCursor ?? undefined } as const;
  const second = await listAccessTokens(group.admin, group.scope, options);
  expect(second.items.map(({ name }) => name)).toEqual(["d", "e", "g"]);
});

describe("a cursor", () => {
  test("is refused by a list with another sort", async () => {
    for (const made of sorts) {
      const cursor = (await list({ sort: made, limit: 1 })).nextCursor ?? "";
      for (const sort of sorts.filter((other) => other !== made)) {
        expect(await refusal(list({ sort, cursor })), `${made} for ${sort}`).toMatchObject({ code: "malformed" });
      }
    }
  });

  const now = "2026-01-01T00:00:00.000Z";
  const wrong: [string, string][] = [
    ...foreignCursors,
    ["NUL in the id", asCursor(["-created_at", now, "\0", "next"])],
    ["an unknown direction", asCursor(["-created_at", now, "tok_1", "up"])],
    ["a direction too many", asCursor(["-created_at", now, "tok_1", "next", "next"])],
    ["a word for an instant", asCursor(["-created_at", "now", "tok_1", "next"])],
    ["the year 0", asCursor(["-created_at", "0000-01-01T00:00:00Z", "tok_1", "next"])],
    ["a 13th month", asCursor(["-created_at", "2026-13-01T00:00:00Z", "tok_1", "next"])],
    ["an infinity that lies ahead", asCursor(["-created_at", "infinity", "tok_1", "next"])],
    ["SQL", asCursor(["-created_at", `${now}'; drop table users; --`, "tok_1", "next"])],
  ];
  test.each(wrong)("that has %s is refused", async (_what, cursor) => {
    expect(await refusal(list({ cursor }))).toMatchObject({ code: "malformed" });
  });

  test.each([
    ["the first instant that there is", "0001-01-01T00:00:00.000Z"],
    ["the last", "9999-12-31T23:59:59.999Z"],
  ])("with %s is only a position", async (_what, instant) => {
    const { items } = await list({ cursor: asCursor(["-created_at", instant, "tok_1", "next"]), limit: 100 });
    expect([0, names.length]).toContain(items.length);
  });

  test("of another group's list is only a position in this one", async () => {
    const { group } = await createTenant();
    for (const name of ["a", "b"]) await createToken(group.admin, group.scope, { name });
    const foreign = await listAccessTokens(group.admin, group.scope, { sort: "name", limit: 1 });
    const { items } = await list({ sort: "name", cursor: foreign.nextCursor ?? "", limit: 100 });
    expect(items).toEqual(
      sorted("name").filter(({ name }) => Buffer.from(foldName(name)).compare(Buffer.from("a")) > 0),
    );
  });
});
