import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newId } from "@/db/ids";
import { seedTokens } from "@/db/seed-many";
import { noPolicy } from "@/lib/policies/policy";
import { tokensThatDontMeet } from "@/lib/policies/queries";
import { createTenant, type Tenant } from "@/testing/tenant";
import { type ListAccessTokens, listAccessTokens, listWithOverview } from "./queries";
import { sorts } from "./sort";

let client: Client;
let tenant: Tenant;

beforeAll(async () => {
  client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  tenant = await createTenant();
  await seedTokens(client, tenant.group.id, 20_000);
}, 60_000);
afterAll(() => client.end());

/** How PostgreSQL reads access tokens in the queries that `work` sends: kinds of scans, and indexes. */
async function scansOf(work: () => Promise<unknown>): Promise<Set<string>> {
  const asked = vi.spyOn(Client.prototype, "query");
  await work();
  const queries = asked.mock.calls.map(([query, values]): [unknown, unknown] => [query, values]);
  asked.mockRestore();
  const scans = new Set<string>();
  for (const [query, values] of queries) {
    if (!isSelect(query) || query.text.startsWith("explain") || !Array.isArray(values)) continue;
    const { rows } = await client.query(`explain (format json) ${query.text}`, values);
    for (const [, scan = "", index] of JSON.stringify(rows).matchAll(
      /"Node Type":"([\w ]*Scan)"(?:[^{}]*"Index Name":"(\w+)")?[^{}]*"Relation Name":"access_tokens"/g,
    )) {
      scans.add(index ? `${scan} of ${index}` : scan);
    }
  }
  return scans;
}

function isSelect(query: unknown): query is { text: string } {
  return query instanceof Object && "text" in query && String(query.text).includes('"access_tokens"');
}

const filters: [string, ListAccessTokens][] = [
  ["expires soon", { expiresSoon: true }],
  ["never used", { idle: "never_used" }],
  ["not used for 30 days", { idle: "not_used_for_30_days" }],
  ["created by nobody", { createdById: newId("usr") }],
  ["a technical user", { search: "ci-runner-10001-", searchIn: "names_users_suffix" }],
  ["a policy's longest lifetime", { unmet: { ...noPolicy, longestLifetimeDays: 360 } }],
  ["a policy's user role", { unmet: { ...noPolicy, allowsAdminRole: false } }],
  ["a policy on unused tokens", { unmet: { ...noPolicy, revokeUnusedAfterDays: 350 } }],
  [
    "a policy of three demands",
    { unmet: { longestLifetimeDays: 360, allowsAdminRole: false, revokeUnusedAfterDays: 350 } },
  ],
  ["a suffix", { search: "ab12", searchIn: "names_users_suffix" }],
];

test.each(filters)("%s is found by an index, with each sort and with its count", async (_name, filter) => {
  for (const sort of sorts) {
    const options = { ...filter, sort, expiredLast: true, countUpTo: 1001 };
    const scans = await scansOf(() => listAccessTokens(tenant.group.admin, tenant.group.scope, options));
    expect([...scans], sort).not.toEqual([]);
    expect([...scans], sort).not.toContain("Seq Scan");
  }
});

test.each(sorts)("tokens that expire soon are found and sorted by %s without reading their rows", async (sort) => {
  const options = { expiresSoon: true, sort, expiredLast: true, countUpTo: 1001 };
  const scans = await scansOf(() => listAccessTokens(tenant.group.admin, tenant.group.scope, options));
  // The page's own tokens are read by their ids.
  expect([...scans].toSorted()).toEqual([
    "Index Only Scan of access_tokens_expiring",
    "Index Scan of access_tokens_pkey",
  ]);
});

test("the list and its overview are read by indexes alone", async () => {
  const scans = await scansOf(() => listWithOverview(tenant.group.admin, tenant.group.scope, { countUpTo: 1001 }));
  expect([...scans]).not.toEqual([]);
  expect([...scans]).not.toContain("Seq Scan");
});

test("what a policy would hit is counted by indexes alone, for a group and an organization", async () => {
  const { group, organization, organizationAdmin } = tenant;
  for (const days of [1, 350, 36_500]) {
    const policy = { longestLifetimeDays: Math.min(days, 365), allowsAdminRole: days > 1, revokeUnusedAfterDays: days };
    const ofGroup = await scansOf(() => tokensThatDontMeet(group.admin, group.scope, policy));
    const ofAll = await scansOf(() => tokensThatDontMeet(organizationAdmin, organization.scope, policy));
    for (const scans of [ofGroup, ofAll]) {
      expect([...scans], String(days)).not.toEqual([]);
      expect([...scans], String(days)).not.toContain("Seq Scan");
    }
  }
});
