import { text } from "node:stream/consumers";
import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { auditEvents, memberships } from "@/db/schema";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { withEndedDeadline } from "@/testing/database/ended-deadline";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import type { ExportFormat } from "./export";
import { exportAuditEvents } from "./export";
import type { AuditFilter } from "./find";

type Names = { actorName?: string; subjectName?: string; detail?: Record<string, string | null> };

/** Inserts `count` events of the group, one second apart, starting in 2026. */
async function seed({ organization, group }: Tenant, count: number, names: Names = {}): Promise<void> {
  const event = {
    organizationId: organization.id,
    groupId: group.id,
    actorId: "usr_1",
    actorKind: "person" as const,
    actorName: names.actorName ?? "Ada",
    subjectId: "tok_1",
    subjectName: names.subjectName ?? "nightly",
    detail: names.detail ?? {},
    channel: "page" as const,
  };
  for (let from = 0; from < count; from += 1000) {
    const places = Array.from({ length: Math.min(1000, count - from) }, (_, place) => from + place);
    await db.insert(auditEvents).values(
      places.map((place) => ({
        ...event,
        occurredAt: new Date(Date.UTC(2026, 0, 1, 0, 0, place)),
        action: place % 2 === 0 ? "even" : "odd",
      })),
    );
  }
}

async function fileOf({ group }: Tenant, format: ExportFormat, filter: AuditFilter = {}): Promise<string> {
  const { chunks } = await exportAuditEvents(group.admin, group.scope, filter, format);
  return text(chunks);
}

const linesOf = (file: string): Record<string, unknown>[] =>
  file
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const withoutItself: AuditFilter = { to: new Date("2026-02-01T00:00:00Z") };

test("JSON Lines contain every event that matches, newest first, across batches", async () => {
  const tenant = await createTenant();
  await seed(tenant, 2500);
  const instants = (events: Record<string, unknown>[]) => events.map((event) => event.occurred_at);
  const all = linesOf(await fileOf(tenant, "jsonl", withoutItself));
  const expected = Array.from({ length: 2500 }, (_, place) =>
    new Date(Date.UTC(2026, 0, 1, 0, 0, place)).toISOString(),
  );
  expect(instants(all)).toEqual(expected.toReversed());
  const odd = linesOf(await fileOf(tenant, "jsonl", { ...withoutItself, action: "odd" }));
  expect(instants(odd)).toEqual(expected.filter((_, place) => place % 2 === 1).reverse());
  expect(await fileOf(tenant, "jsonl", { ...withoutItself, action: "none" })).toBe("");
});

test("a line has every field of the log", async () => {
  const tenant = await createTenant();
  const { group, organization } = tenant;
  const { id, name, actor, expiresAt, technicalUser } = await createToken(group.admin, group.scope);
  const [line] = linesOf(await fileOf(tenant, "jsonl", { tokenId: id }));
  expect(line).toEqual({
    id: expect.stringMatching(/^aud_/),
    occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    organization_id: organization.id,
    group_id: group.id,
    actor_id: group.admin.userId,
    actor_kind: "person",
    actor_name: group.admin.name,
    access_token_id: null,
    action: "access_token.created",
    subject_id: id,
    subject_name: name,
    detail: { role: "group_user", technical_user: technicalUser.username, expires_at: expiresAt.toISOString() },
    channel: "system",
    address: null,
    chain_position: null,
    signature: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(actor.accessTokenId).toBe(id);
});

describe("CSV", () => {
  const head =
    "\uFEFFid,occurred_at,organization_id,group_id,actor_id,actor_kind,actor_name,access_token_id,action," +
    "subject_id,subject_name,detail,channel,address,chain_position,signature\r\n";

  test("has a header and a line for each event, quoted where needed", async () => {
    const tenant = await createTenant();
    await seed(tenant, 1, { actorName: 'Ada "the first", Countess', detail: { note: "a,b" } });
    const file = await fileOf(tenant, "csv", withoutItself);
    expect(file.startsWith(head)).toBe(true);
    const { organization, group } = tenant;
    const line = file.slice(head.length).replace(/^aud_\w+/, "aud");
    expect(line.replace(/[\w-]{43}\r\n$/, "signature\r\n")).toBe(
      `aud,2026-01-01T00:00:00.000Z,${organization.id},${group.id},usr_1,person,"Ada ""the first"", Countess",,even,` +
        'tok_1,nightly,"{""note"":""a,b""}",page,,,signature\r\n',
    );
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])(
    "gives %j no formula",
    async (name) => {
      const tenant = await createTenant();
      await seed(tenant, 1, { subjectName: name, actorName: name });
      const file = await fileOf(tenant, "csv", withoutItself);
      const quoted = /[",\t\r\n]/.test(name) ? `"'${name.replaceAll('"', '""')}"` : `'${name}`;
      expect(file).toContain(`,${quoted},`);
      expect(file.split(quoted)).toHaveLength(3);
      const [line] = linesOf(await fileOf(tenant, "jsonl", withoutItself));
      expect(line?.subject_name).toBe(name);
    },
  );

  test.each([
    ["a\n=1+1", "a\n'=1+1"],
    ["a\r=1+1", "a\r'=1+1"],
    ["a\r\n=1+1", "a\r\n'=1+1"],
    ["a;=HYPERLINK(A1)", "a;'=HYPERLINK(A1)"],
    ["a\t@SUM(A1)", "a\t'@SUM(A1)"],
    ["a; +1;\t-1", "a;' +1;\t'-1"],
    ['a;"=1+1', `a;'""=1+1`],
    ["=1;=2", "'=1;'=2"],
    ["a; b\tc", "a; b\tc"],
  ])("keeps %j in its cell, without a formula for other separators", async (name, written) => {
    const tenant = await createTenant();
    await seed(tenant, 1, { subjectName: name });
    expect(await fileOf(tenant, "csv", withoutItself)).toContain(`,"${written}",`);
  });

  test("escapes formulas in details too", async () => {
    const tenant = await createTenant();
    await seed(tenant, 1, { detail: { provider_url: "x;=1+1" } });
    expect(await fileOf(tenant, "csv", withoutItself)).toContain(`,"{""provider_url"":""x;'=1+1""}",`);
  });

  test("without an event has only the header", async () => {
    expect(await fileOf(await createTenant(), "csv", withoutItself)).toBe(head);
  });
});

test("an export is recorded in the log with its filter, and is the first event in its own file", async () => {
  const tenant = await createTenant();
  const { group } = tenant;
  const filter = { actorId: group.admin.userId, from: new Date("2026-01-01T00:00:00Z") };
  const [first] = linesOf(await fileOf(tenant, "jsonl", filter));
  expect(first).toMatchObject({ action: "audit_log.exported", subject_id: group.id });
  expect(await eventsOn(group.id)).toEqual([
    {
      action: "audit_log.exported",
      actorId: group.admin.userId,
      detail: { format: "jsonl", actor: group.admin.userId, from: "2026-01-01T00:00:00.000Z" },
    },
  ]);
});

test("is allowed to an admin of the scope, and denied attempts record no export", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  const attempt = (actor: typeof group.admin) => refusal(exportAuditEvents(actor, group.scope, {}, "csv"));
  expect(await attempt(group.user)).toMatchObject({ code: "forbidden" });
  expect(await attempt(organizationAdmin)).toMatchObject({ code: "forbidden" });
  expect(await attempt(otherGroup.admin)).toMatchObject({ code: "not_found" });
  const exported = (await eventsOn(group.id)).filter(({ action }) => action === "audit_log.exported");
  expect(exported).toEqual([]);
  const { chunks } = await exportAuditEvents(organizationAdmin, organization.scope, {}, "jsonl");
  expect(linesOf(await text(chunks))).toMatchObject([{ action: "audit_log.exported", group_id: null }]);
});

test("an export leaves out events recorded while it runs, and ends when the role does", async () => {
  const tenant = await createTenant();
  const { group } = tenant;
  await seed(tenant, 2500);
  const { chunks } = await exportAuditEvents(group.admin, group.scope, {}, "jsonl");
  const next = async () => (await chunks.next()).value ?? "";
  expect(await next()).toBe("");
  expect(linesOf(await next())).toHaveLength(1000);
  const { id } = await createToken(group.admin, group.scope);
  const second = await next();
  expect(linesOf(second)).toHaveLength(1000);
  expect(second).not.toContain(id);
  await db
    .update(memberships)
    .set({ role: "group_user" })
    .where(and(eq(memberships.userId, group.admin.userId), eq(memberships.groupId, group.id)));
  expect(await refusal(next())).toMatchObject({ code: "forbidden" });
});

test("an aborted download makes no further query", async () => {
  const tenant = await createTenant();
  await seed(tenant, 2500);
  const { chunks } = await withRequestContext({ requestId: "1", channel: "page", address: null }, () =>
    exportAuditEvents(tenant.group.admin, tenant.group.scope, {}, "csv"),
  );
  await chunks.next();
  await chunks.next();
  await chunks.return(undefined);
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});

test("an export may run longer than the request's deadline", async () => {
  const tenant = await createTenant();
  await seed(tenant, 3);
  const { chunks } = await exportAuditEvents(tenant.group.admin, tenant.group.scope, {}, "jsonl");
  const file = Promise.withResolvers<string>();
  await withEndedDeadline("audit_events", () => void text(chunks).then(file.resolve, file.reject), "access exclusive");
  expect(linesOf(await file.promise)).toHaveLength(4);
});
