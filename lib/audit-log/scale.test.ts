import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { pool } from "@/db/client";
import { asOwner } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";
import { type AuditFilter, findAuditEvents } from "./find";

const limit = 51;
const events = 100_000;
/** Small enough to insert within the statement timeout. */
const batch = 5000;
const beginning = Date.UTC(2026, 0, 1);
const minute = (after: number) => new Date(beginning + after * 60_000);

type Scope = Awaited<ReturnType<typeof createTenant>>["group"]["scope"];
let scope: Scope;
let scopeOfTwo: Scope;

beforeAll(async () => {
  const { organization, group, otherGroup } = await createTenant();
  [scope, scopeOfTwo] = [group.scope, otherGroup.scope];
  // One event a minute. Each column has one value in almost all events, and one in every ten-thousandth.
  for (let from = 0; from < events; from += batch) {
    await pool.query(
      `insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name,
         access_token_id, action, subject_id, subject_name, detail, channel)
       select 'aud_' || lpad(n::text, 8, '0'), $1, $2, $3::timestamptz + n * interval '1 minute',
         case when n % 10000 = 7 then 'usr_rare' else 'usr_common' end, 'technical', 'someone',
         case when n % 10000 = 7 then 'tok_rare' else 'tok_common' end,
         case when n % 10000 = 7 then 'rare' else 'common' end,
         case when n % 10000 in (7, 8) then 'tok_rare' else 'tok_common' end, 'something', '{}', 'api'
       from generate_series($4::int, $5::int) n`,
      [organization.id, group.id, minute(0), from, from + batch - 1],
    );
  }
  // Two actors, each with its own action in half of all events.
  for (let from = 0; from < 20_000; from += batch) {
    await pool.query(
      `insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name, action,
         subject_id, subject_name, detail, channel)
       select 'aud_two_' || lpad(n::text, 8, '0'), $1, $2, $3::timestamptz + n * interval '1 minute', 'usr_' || n % 2,
         'person', 'someone', 'action ' || n % 2, 'usr_else', 'something', '{}', 'page'
       from generate_series($4::int, $5::int) n`,
      [organization.id, otherGroup.id, minute(0), from, from + batch - 1],
    );
  }
  await asOwner((owner) => owner.query("analyze audit_events"));
}, 120_000);

type Node = {
  "Node Type": string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Node[];
};
const node: z.ZodType<Node> = z.looseObject({
  "Node Type": z.string(),
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  "Rows Removed by Filter": z.number().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});
const answer = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: node })]) })]);

/** What PostgreSQL's plan read and sorted: whole tables, rows from indexes, rows sorted. */
async function planOf(query: ReturnType<typeof findAuditEvents>) {
  const { sql, params } = query.toSQL();
  const { rows } = await pool.query(`explain (analyze, format json) ${sql}`, params);
  const nodes = flat(answer.parse(rows)[0]["QUERY PLAN"][0].Plan);
  const scans = nodes.filter((each) => each["Node Type"].endsWith("Scan"));
  return {
    whole: scans.filter((each) => each["Node Type"] === "Seq Scan").length,
    read: sum(
      scans.map((each) => each["Actual Loops"] * (each["Actual Rows"] + (each["Rows Removed by Filter"] ?? 0))),
    ),
    sorted: sum(
      nodes
        .flatMap((each) => (each["Node Type"].endsWith("Sort") ? (each.Plans ?? []) : []))
        .map((each) => each["Actual Rows"]),
    ),
  };
}

function flat(plan: Node): Node[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flat)];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

const filters: [string, AuditFilter][] = [
  ["nothing", {}],
  ["an actor of nearly all", { actorId: "usr_common" }],
  ["an actor of a few", { actorId: "usr_rare" }],
  ["an action of nearly all", { action: "common" }],
  ["an action of a few", { action: "rare" }],
  ["an actor of none", { actorId: "usr_none" }],
  ["an action of none", { action: "none" }],
  ["a beginning", { from: minute(99_000) }],
  ["an end", { to: minute(1000) }],
  ["an actor and an action of nearly all", { actorId: "usr_common", action: "common" }],
  ["an actor of nearly all and an action of none of theirs", { actorId: "usr_common", action: "rare" }],
  ["an action of nearly all and an actor of none of them", { actorId: "usr_rare", action: "common" }],
  ["a time", { from: minute(40_000), to: minute(60_000) }],
];
const places = [
  ["from the top", {}],
  ["from deep down", { after: { occurredAt: minute(50_000), id: "aud_00050000" } }],
  ["backwards from deep down", { after: { occurredAt: minute(50_000), id: "aud_00050000" }, backwards: true }],
] as const;

/** The same position in the shorter log. */
function inTwo(place: (typeof places)[number][1]) {
  return "after" in place ? { ...place, after: { ...place.after, occurredAt: minute(10_000) } } : place;
}

describe.each(places)("%s", (_where, place) => {
  test.each(filters)("a page filtered by %s is read without a sort", async (_what, filter) => {
    const plan = await planOf(findAuditEvents(scope, filter, { ...place, limit }));
    expect(plan).toMatchObject({ whole: 0, sorted: 0 });
    // If almost all events match, PostgreSQL may read the unfiltered index and skip the others.
    expect(plan.read).toBeLessThanOrEqual(2 * limit);
  });

  test.each([
    ["usr_0", "action 0", limit],
    ["usr_0", "action 1", 0],
  ])("the filter by actor %s and %s reads only matching rows", async (actorId, action, found) => {
    const plan = await planOf(findAuditEvents(scopeOfTwo, { actorId, action }, { ...inTwo(place), limit }));
    expect(plan).toEqual({ whole: 0, sorted: 0, read: found });
  });

  // One page from each of the two indexes, and one more to cut the result from both.
  test.each(["tok_common", "tok_rare", "tok_none"])(
    "the filter by token %s reads and sorts a few pages",
    async (tokenId) => {
      const plan = await planOf(findAuditEvents(scope, { tokenId }, { ...place, limit }));
      expect(plan.whole).toBe(0);
      expect(plan.read).toBeLessThanOrEqual(6 * limit);
      expect(plan.sorted).toBeLessThanOrEqual(6 * limit);
    },
  );
});

test("a token's events are those about it and those by it, without duplicates", async () => {
  const found = await findAuditEvents(scope, { tokenId: "tok_rare" }, { limit });
  expect(found.map(({ id }) => Number(id.slice(4)))).toEqual(
    Array.from({ length: 20 }, (_, place) => Math.floor(place / 2) * 10_000 + 7 + (place % 2)).reverse(),
  );
});
