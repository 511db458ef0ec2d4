import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accessTokens, memberships } from "@/db/schema";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { completeRotation } from "@/lib/access-tokens/rotation/end";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import type { Actor, Person } from "@/lib/auth/actor";
import { noPolicy } from "@/lib/policies/policy";
import { getBounds } from "@/lib/policies/queries";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { throughPages } from "@/testing/pages";
import { setPolicy } from "@/testing/policies/policies";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import type { TokenFilter } from "./filter";
import { type ListAccessTokens, listAccessTokens, listWithOverview } from "./queries";
import { sorts } from "./sort";

let tenant: Tenant;
let secondAdmin: Person;

const list = (options: ListAccessTokens) => listAccessTokens(tenant.group.admin, tenant.group.scope, options);
const namesOf = async (options: ListAccessTokens) =>
  (await list({ sort: "name", ...options, limit: 100 })).items.map(({ name }) => name);

type Times = { created?: string; used?: string; expires?: string; revoked?: boolean };

async function add(name: string, { created = "100 days", used, expires = "300 days", revoked }: Times, by?: Person) {
  const token = await createToken(by ?? tenant.group.admin, tenant.group.scope, { name });
  const ago = (interval: string) => sql`now() - ${interval}::interval`;
  await db
    .update(accessTokens)
    .set({
      createdAt: ago(created),
      expiresAt: sql`now() + ${expires}::interval`,
      lastUsedAt: used ? ago(used) : null,
      revokedAt: revoked ? sql`now()` : null,
    })
    .where(eq(accessTokens.id, token.id));
  return token;
}

beforeAll(async () => {
  tenant = await createTenant();
  const { organization, group, otherGroup } = tenant;
  secondAdmin = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
  await add("used today", { used: "1 hour" });
  await add("used 29 days ago", { used: "29 days" });
  await add("used 31 days ago", { used: "31 days" }, secondAdmin);
  await add("new", { created: "1 day" });
  await add("never used", {}, secondAdmin);
  await add("ends in 6 days", { used: "1 hour", expires: "6 days 23 hours" });
  await add("ends in 8 days", { used: "1 hour", expires: "7 days 1 hour" });
  await add("ends soon, revoked", { used: "1 hour", expires: "3 days", revoked: true });
  await add("ended", { used: "1 hour", expires: "-1 day" });
  await add("ended never used", { expires: "-2 days" });
  for (const name of ["foreign", "foreign too"]) await createToken(otherGroup.admin, otherGroup.scope, { name });
});

const longLived = ["never used", "new", "used 29 days ago", "used 31 days ago", "used today"];

const cases: [string, TokenFilter, string[]][] = [
  ["expires soon", { expiresSoon: true }, ["ends in 6 days"]],
  ["never used", { idle: "never_used" }, ["ended never used", "never used", "new"]],
  ["not used for 30 days", { idle: "not_used_for_30_days" }, ["ended never used", "never used", "used 31 days ago"]],
  ["never used and active", { idle: "never_used", status: "active" }, ["never used", "new"]],
  ["expires soon and revoked", { expiresSoon: true, status: "revoked" }, []],
  ["expires soon and never used", { expiresSoon: true, idle: "never_used" }, []],
  ["a policy without demands", { unmet: noPolicy }, []],
  ["a longest lifetime", { unmet: { ...noPolicy, longestLifetimeDays: 108 } }, longLived],
  ["unused for 30 days", { unmet: { ...noPolicy, revokeUnusedAfterDays: 30 } }, ["never used", "used 31 days ago"]],
  [
    "unused for 100 days, active and never used",
    { unmet: { ...noPolicy, revokeUnusedAfterDays: 100 }, status: "active", idle: "never_used" },
    ["never used"],
  ],
];

describe("a filter", () => {
  test.each(cases)("%s", async (_name, filter, expected) => {
    expect(await namesOf(filter)).toEqual(expected);
  });

  test("created by", async () => {
    expect(await namesOf({ createdById: secondAdmin.userId })).toEqual(["never used", "used 31 days ago"]);
    expect(await namesOf({ createdById: secondAdmin.userId, idle: "never_used" })).toEqual(["never used"]);
    expect(await namesOf({ createdById: secondAdmin.userId, idle: "never_used", search: "31" })).toEqual([]);
  });

  test.each(["", "\0", "' or true --", newId("usr")])("created by nobody: %j", async (createdById) => {
    expect(await namesOf({ createdById })).toEqual([]);
  });

  test.each(sorts)("finds the same with the sort %s, on pages of one", async (sort) => {
    for (const [name, filter, expected] of cases) {
      const paged = await throughPages(1, (page) => list({ ...page, ...filter, sort }));
      expect(paged.map((token) => token.name).toSorted(), name).toEqual(expected);
    }
  });
});

describe("a count", () => {
  test.each(cases)("of %s is that of all pages", async (_name, filter, expected) => {
    expect((await list({ ...filter, limit: 1, countUpTo: 1001 })).total).toBe(expected.length);
  });

  test("stops at its bound", async () => {
    expect((await list({ limit: 1, countUpTo: 4 })).total).toBe(4);
    expect((await list({ limit: 1, countUpTo: 1001 })).total).toBe(10);
    expect((await list({ limit: 1, countUpTo: 1001, search: "ends" })).total).toBe(3);
  });

  test("on a later page is that of the whole list", async () => {
    const first = await list({ limit: 9, countUpTo: 1001 });
    const last = await list({ limit: 9, countUpTo: 1001, cursor: first.nextCursor ?? "" });
    expect([first.total, last.total, last.items.length]).toEqual([10, 10, 1]);
  });

  test("is left out where nobody asks for it", async () => {
    expect(await list({ limit: 1 })).not.toHaveProperty("total");
  });
});

describe("the overview", () => {
  const overviewOf = async ({ admin, scope }: Pick<typeof tenant.group, "admin" | "scope">) =>
    (await listWithOverview(admin, scope, { countUpTo: 1001 })).overview;

  test("counts each filter, and names the creators", async () => {
    const { group } = tenant;
    const creators = [group.admin, secondAdmin].map((person) => ({
      id: person.userId,
      name: person.name,
      email: expect.stringContaining("@"),
    }));
    expect(await overviewOf(group)).toEqual({
      expiresSoon: 1,
      neverUsed: 3,
      notUsedFor30Days: 3,
      creators: creators.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    });
  });

  test("names a creator who has left", async () => {
    const { group, organization } = await createTenant();
    const leaver = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
    await createToken(leaver, group.scope);
    await db.delete(memberships).where(eq(memberships.userId, leaver.userId));
    const { creators } = await overviewOf(group);
    expect(creators.map(({ id }) => id)).toEqual([leaver.userId]);
  });

  test("of an empty list is empty", async () => {
    const { group } = await createTenant();
    const empty = { expiresSoon: 0, neverUsed: 0, notUsedFor30Days: 0, creators: [] };
    expect(await overviewOf(group)).toEqual(empty);
  });

  test.each<[number, ListAccessTokens, number]>([
    [1001, {}, 10],
    [4, {}, 4],
    [1001, { limit: 9 }, 10],
    [1001, { search: "ends" }, 3],
    [1001, { search: "ends", limit: 1 }, 3],
    [2, { idle: "never_used", limit: 1 }, 2],
    [1001, { createdById: "usr_nobody" }, 0],
  ])("is beside a page that counts up to %i of %j", async (countUpTo, options, total) => {
    const { group } = tenant;
    const { overview, bounds, ...page } = await listWithOverview(group.admin, group.scope, { ...options, countUpTo });
    const { access, ...listed } = await list(options);
    expect(page).toEqual({ ...listed, total, access: { ...access, now: expect.any(Date) } });
    expect(overview).toMatchObject({ expiresSoon: 1, neverUsed: 3 });
    expect(bounds).toEqual(await getBounds(group.admin, group.scope));
  });

  test("comes with the bounds of the policies", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 60 });
    await setPolicy(group.admin, group.scope, { revokeUnusedAfterDays: 30 });
    const { bounds } = await listWithOverview(group.admin, group.scope, { countUpTo: 1001 });
    expect(bounds).toEqual(await getBounds(group.admin, group.scope));
    expect(bounds).toMatchObject({ longestLifetime: { days: 60 }, revokeUnused: { days: 30 } });
    const ofAll = await listWithOverview(organizationAdmin, organization.scope, { countUpTo: 1001 });
    expect(ofAll.bounds).toEqual(await getBounds(organizationAdmin, organization.scope));
    expect(ofAll.bounds).toMatchObject({ longestLifetime: { days: 60 }, revokeUnused: null });
  });
});

describe("expired tokens last", () => {
  const ascending = [
    ...["ends soon, revoked", "ends in 6 days", "ends in 8 days", "new"],
    ...["ended never used", "ended"],
  ];
  const found = (page: ListAccessTokens) => list({ ...page, sort: "expires_at", expiredLast: true });
  const isExpected = ({ name }: { name: string }) => ascending.includes(name);

  test.each([1, 2, 3, 100])("on pages of %i, those that expire next come first", async (limit) => {
    const listed = await throughPages(limit, found);
    expect(listed).toHaveLength(10);
    const names = listed.filter(isExpected).map(({ name }) => name);
    expect(names.filter((name) => name !== "new")).toEqual(ascending.filter((name) => name !== "new"));
    expect(listed.slice(-2).map(({ name }) => name)).toEqual(["ended never used", "ended"]);
  });

  test.each([1, 3, 4])("pages of %i lead back to the first", async (limit) => {
    const forwards = [await found({ limit })];
    for (let next = forwards[0]?.nextCursor; next; next = forwards[0]?.nextCursor) {
      forwards.unshift(await found({ limit, cursor: next }));
    }
    const [last, ...rest] = forwards;
    let page = last;
    for (const earlier of rest) {
      page = await found({ limit, cursor: page?.previousCursor ?? "none" });
      expect(page.items).toEqual(earlier.items);
    }
    expect(page?.previousCursor).toBeNull();
  });

  test("a token that expires between two pages is neither lost nor shown twice", async () => {
    const { group } = await createTenant();
    const tokens: TestToken[] = [];
    for (const name of ["a", "b", "c", "d"]) tokens.push(await createToken(group.admin, group.scope, { name }));
    const options = { sort: "expires_at", expiredLast: true, limit: 2 } as const;
    const first = await listAccessTokens(group.admin, group.scope, options);
    const edge = first.items[1]?.id ?? "";
    await db
      .update(accessTokens)
      .set({ createdAt: sql`now() - interval '2 days'`, expiresAt: sql`now() - interval '1 second'` })
      .where(eq(accessTokens.id, edge));
    const cursor = first.nextCursor ?? "";
    const second = await listAccessTokens(group.admin, group.scope, { ...options, cursor });
    const seen = [...first.items, ...second.items].map(({ name }) => name);
    expect(seen.toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  test("the API's order stays that of the instants", async () => {
    const { items } = await list({ sort: "expires_at", limit: 2 });
    expect(items.map(({ name }) => name)).toEqual(["ended never used", "ended"]);
  });
});

describe("a search in names, technical users' names and suffixes", () => {
  async function createScene() {
    const { group } = await createTenant();
    const nightly = await createToken(group.admin, group.scope, { name: "Nightly Build" });
    await createToken(group.admin, group.scope, { name: "other" });
    const search = async (text: string, options: ListAccessTokens = {}) => {
      const found = { ...options, search: text, searchIn: "names_users_suffix" } as const;
      return (await listAccessTokens(group.admin, group.scope, found)).items.map(({ id }) => id);
    };
    return { group, nightly, search };
  }

  test("finds a part of either name", async () => {
    const { nightly, search } = await createScene();
    const random = nightly.technicalUser.username.slice(-8);
    for (const text of ["NIGHTLY b", "nightly-build", random, random.toUpperCase()]) {
      expect(await search(text), text).toEqual([nightly.id]);
    }
  });

  test("finds a token by its technical user after a rename", async () => {
    const { group, nightly, search } = await createScene();
    await editAccessToken(group.admin, nightly.id, { name: "Weekly" });
    expect(await search("weekly")).toEqual([nightly.id]);
    expect(await search("nightly-build")).toEqual([nightly.id]);
    expect(await search("nightly build")).toEqual([]);
  });

  test("finds the exact last four characters, also after an ellipsis", async () => {
    const { nightly, search } = await createScene();
    const tokenSuffix = "Q9zX";
    await db.update(accessTokens).set({ tokenSuffix }).where(eq(accessTokens.id, nightly.id));
    for (const text of [tokenSuffix, `…${tokenSuffix}`, `...${tokenSuffix}`, ` ${tokenSuffix} `]) {
      expect(await search(text), text).toEqual([nightly.id]);
    }
    for (const text of ["q9zx", "9zX", "Q9z", `x${tokenSuffix}`, "____", "%9zX"]) {
      expect(await search(text), text).toEqual([]);
    }
    expect(await search(tokenSuffix, { status: "revoked" })).toEqual([]);
  });

  test("finds either suffix while two secrets are good", async () => {
    const { group, nightly, search } = await createScene();
    const { secret } = await rotateAccessToken(group.admin, nightly.id, { oldSecret: "on_first_use" });
    for (const text of [nightly.tokenSuffix, secret.slice(-4)]) expect(await search(text), text).toEqual([nightly.id]);
    const other = await createScene();
    expect(await other.search(nightly.tokenSuffix)).toEqual([]);
    await completeRotation(group.admin, nightly.id);
    expect(await search(nightly.tokenSuffix)).toEqual([]);
    expect(await search(secret.slice(-4))).toEqual([nightly.id]);
  });

  test("does not join the two names", async () => {
    const { search } = await createScene();
    for (const text of ["build\nnightly", "buildnightly"]) expect(await search(text), text).toEqual([]);
  });

  test("leaves the API's search to names", async () => {
    const { group, nightly } = await createScene();
    for (const search of [nightly.technicalUser.username, nightly.tokenSuffix]) {
      expect((await listAccessTokens(group.admin, group.scope, { search })).items).toEqual([]);
    }
  });
});

test("the overview is forbidden to members who may not list tokens, and hidden from strangers", async () => {
  const { group, otherGroup } = tenant;
  const seenBy = (actor: Actor) => refusal(listWithOverview(actor, group.scope, { countUpTo: 1001 }));
  expect(await seenBy(group.user)).toMatchObject({ code: "forbidden" });
  expect(await seenBy(otherGroup.admin)).toMatchObject({ code: "not_found" });
});
