import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { seedTokens } from "@/db/seed-many";
import { createToken } from "@/testing/access-tokens";
import { createTenant, type Tenant } from "@/testing/tenant";
import { type ListAccessTokens, listAccessTokens } from "./queries";
import { sorts } from "./sort";

/** Enough rows for the planner to prefer the index of names. */
const count = 20_000;
let client: Client;
let tenant: Tenant;
let names: string[];

beforeAll(async () => {
  client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  tenant = await createTenant();
  await seedTokens(client, tenant.group.id, count);
  const { rows } = await client.query("select name from access_tokens where group_id = $1", [tenant.group.id]);
  names = rows.map(({ name }) => name);
}, 60_000);
afterAll(() => client.end());

async function search(text: string, options: ListAccessTokens = {}): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listAccessTokens(tenant.group.admin, tenant.group.scope, { ...options, search: text, cursor });
    found.push(...page.items.map(({ name }) => name));
    if (!page.nextCursor) return found;
    cursor = page.nextCursor;
  }
}

describe.each(sorts)("sorted by %s", (sort) => {
  test.each([
    ["one", "CI-Runner-10001"],
    ["one of the first and of the last", "-1000"],
    ["many that lie together", "ner-11"],
    ["many everywhere", "99"],
    ["none", "nobody's token"],
  ])("a search finds %s: %s", async (_what, text) => {
    const expected = names.filter((name) => name.includes(text.toLowerCase()));
    expect((await search(text, { sort, limit: 100 })).toSorted()).toEqual(expected.toSorted());
  });
});

/** How many substring conditions each query had. */
async function likesOf(work: () => Promise<unknown>): Promise<number[]> {
  const asked = vi.spyOn(Client.prototype, "query");
  await work();
  const queries = asked.mock.calls.map(([query]) => JSON.stringify(query));
  asked.mockRestore();
  return queries.map((query) => query.split(" like ").length - 1);
}

test("a rare substring is searched by its trigrams", async () => {
  const text = "ci-runner-10001";
  const likes = await likesOf(async () => expect(await search(text)).toEqual([text]));
  // Besides its trigrams the whole text, in the key of both names and in the name.
  expect(Math.max(...likes)).toBe(text.length - 2 + 2);
});

test("a search in a small group reads only that group, whatever the size of others", async () => {
  const { group } = await createTenant();
  const { name } = await createToken(group.admin, group.scope, { name: "nightly-10000" });
  const likes = await likesOf(async () => {
    const { items } = await listAccessTokens(group.admin, group.scope, { search: name });
    expect(items.map((token) => token.name)).toEqual([name]);
  });
  expect(Math.max(...likes)).toBe(2);
});
