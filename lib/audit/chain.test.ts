import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { auditEvents, dataKeys, unsealedAuditEvents } from "@/db/schema";
import { chainOf, createChain, findingsIn, recordEvent, tamper } from "@/lib/testing/audit-chain";
import { asOwner } from "@/lib/testing/database-owner";
import { hold } from "@/lib/testing/locks";
import { createTenant, type Tenant } from "@/lib/testing/tenant";
import { chainKeys } from "./chain-keys";
import { sealPendingEvents } from "./chain-seal";
import { recordAuditEvent } from "./record";

function eventsOf({ organization }: Tenant) {
  return db.select().from(auditEvents).where(eq(auditEvents.organizationId, organization.id));
}

function waitingOf({ organization }: Tenant) {
  return db.select().from(unsealedAuditEvents).where(eq(unsealedAuditEvents.organizationId, organization.id));
}

describe("sealing", () => {
  test("gives an event that awaits it its place, once", async () => {
    const tenant = await createTenant();
    await recordEvent(tenant);
    const [event] = await eventsOf(tenant);
    expect(await waitingOf(tenant)).toMatchObject([{ eventId: event?.id }]);
    await sealPendingEvents();
    expect(await waitingOf(tenant)).toEqual([]);
    const chain = await chainOf(tenant.organization.id);
    expect(chain).toMatchObject([{ position: 1, eventId: event?.id }]);
    await sealPendingEvents();
    expect(await chainOf(tenant.organization.id)).toEqual(chain);
    expect(await findingsIn(tenant.organization.id)).toEqual([]);
  });

  test("leaves nothing of a transaction that was rolled back", async () => {
    const tenant = await createTenant();
    const { organization, group } = tenant;
    const owner = { organizationId: organization.id, groupId: group.id };
    const event = { action: "member.added", subject: { id: "usr_1", name: "Ada" } } as const;
    const rolledBack = db.transaction(async (tx) => {
      await recordAuditEvent(tx, group.admin, owner, event);
      tx.rollback();
    });
    await expect(rolledBack).rejects.toThrow();
    await sealPendingEvents();
    expect(await eventsOf(tenant)).toEqual([]);
    expect(await chainOf(organization.id)).toEqual([]);
    expect(await findingsIn(organization.id)).toEqual([]);
  });

  test("gives one that is committed late a later place, and holds up nobody meanwhile", async () => {
    const tenant = await createTenant();
    const { organization, group } = tenant;
    const owner = { organizationId: organization.id, groupId: group.id };
    await recordEvent(tenant, "first");
    const late = { action: "member.added", subject: { id: "usr_1", name: "late" } } as const;
    await db.transaction(async (tx) => {
      await recordAuditEvent(tx, group.admin, owner, late);
      await recordEvent(tenant, "second");
      await sealPendingEvents();
    });
    await sealPendingEvents();
    const names = new Map((await eventsOf(tenant)).map(({ id, subjectName }) => [id, subjectName]));
    const sealed = (await chainOf(organization.id)).map(({ eventId }) => names.get(eventId));
    expect(sealed).toEqual(["first", "second", "late"]);
    expect(await findingsIn(organization.id)).toEqual([]);
  });

  test("that another instance is at is left to it, and writers wait for neither", async () => {
    const tenant = await createTenant();
    await recordEvent(tenant);
    const release = await hold("select pg_advisory_xact_lock(7316403, hashtext($1))", tenant.organization.id);
    await sealPendingEvents();
    await recordEvent(tenant);
    expect(await chainOf(tenant.organization.id)).toEqual([]);
    await release();
    await sealPendingEvents();
    expect(await chainOf(tenant.organization.id)).toHaveLength(2);
  });

  test("that ends before its commit leaves the events to the next", async () => {
    const tenant = await createTenant();
    await recordEvent(tenant);
    await asOwner((owner) => owner.query("alter table audit_chain add constraint broken check (false) not valid"));
    try {
      await sealPendingEvents();
      expect(await waitingOf(tenant)).toHaveLength(1);
    } finally {
      await asOwner((owner) => owner.query("alter table audit_chain drop constraint broken"));
    }
    await sealPendingEvents();
    expect(await chainOf(tenant.organization.id)).toHaveLength(1);
    expect(await findingsIn(tenant.organization.id)).toEqual([]);
  });

  test("of more than a batch, also of events from before the chain, leaves none out", async () => {
    const tenant = await createTenant();
    const { organization, group } = tenant;
    await db.execute(`insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name,
      action, subject_id, subject_name, detail, channel)
      select 'aud_' || lpad(i::text, 26, '0'), '${organization.id}', '${group.id}', now() - i * interval '1 second', 'usr_1',
      'person', 'Ada', 'member.added', 'usr_2', 'Bob', '{}', 'page' from generate_series(1, 2500) i`);
    await db.execute(`insert into unsealed_audit_events (event_id, organization_id)
      select id, organization_id from audit_events where organization_id = '${organization.id}'`);
    await sealPendingEvents();
    expect((await chainOf(organization.id)).map(({ position }) => position)).toEqual(
      Array.from({ length: 2500 }, (_, index) => index + 1),
    );
    expect(await findingsIn(organization.id)).toEqual([]);
  });
});

test("eight writers and two sealers at once: each event once, and no gap", async () => {
  const tenant = await createTenant();
  let isWriting = true;
  const sealer = async () => {
    while (isWriting) await sealPendingEvents();
  };
  const writer = async () => {
    for (let made = 0; made < 40; made++) await recordEvent(tenant, `event ${made}`);
  };
  const sealers = [sealer(), sealer()];
  await Promise.all(Array.from({ length: 8 }, writer));
  isWriting = false;
  await Promise.all(sealers);
  await sealPendingEvents();
  const chain = await chainOf(tenant.organization.id);
  expect(chain.map(({ position }) => position)).toEqual(Array.from({ length: 320 }, (_, index) => index + 1));
  const ids = (await eventsOf(tenant)).map(({ id }) => id);
  expect(chain.map(({ eventId }) => eventId).sort()).toEqual(ids.sort());
  expect(await findingsIn(tenant.organization.id)).toEqual([]);
});

describe("an event that awaits its place", () => {
  test.each([
    ["was altered", "update audit_events set actor_name = 'nobody' where organization_id = $1"],
    [
      "was given another time",
      "update audit_events set occurred_at = occurred_at - interval '1 day' where organization_id = $1",
    ],
    ["was moved to another group", "update audit_events set group_id = 'grp_other' where organization_id = $1"],
    ["lost its proof", "update unsealed_audit_events set proof = null where organization_id = $1"],
  ])("is not sealed where it %s", async (_what, statement) => {
    const tenant = await createChain(1);
    const { id } = tenant;
    await recordEvent(tenant, "later");
    const later = (await waitingOf(tenant))[0]?.eventId;
    await tamper(`${statement} and ${statement.includes("unsealed") ? "event_id" : "id"} = $2`, id, later);
    const finding = [expect.stringMatching(new RegExp(`^event ${later} is not in the chain: it was not written by`))];
    expect(await findingsIn(id)).toEqual(finding);
    await sealPendingEvents();
    expect(await chainOf(id)).toEqual(tenant.entries);
    expect(await findingsIn(id)).toEqual(finding);
    await recordEvent(tenant, "next");
    await sealPendingEvents();
    expect(await chainOf(id)).toHaveLength(2);
  });

  test("takes no proof of another's, and none of another organization", async () => {
    const tenant = await createChain(1);
    const other = await createChain(1);
    await recordEvent(tenant, "genuine");
    const [waiting] = await waitingOf(tenant);
    const [event] = (await eventsOf(tenant)).filter(({ id }) => id === waiting?.eventId);
    if (!event) throw new Error("there is no event");
    const foreign = (await chainKeys(db, other.id)).proof(event);
    for (const proof of [waiting?.proof, foreign]) {
      const id = `${event.id.slice(0, -1)}${proof === foreign ? "x" : "y"}`;
      await db.insert(auditEvents).values({ ...event, id });
      await db.insert(unsealedAuditEvents).values({ organizationId: tenant.id, eventId: id, proof });
    }
    await sealPendingEvents();
    expect(await chainOf(tenant.id)).toHaveLength(2);
    expect(await findingsIn(tenant.id)).toHaveLength(2);
  });
});

test("what a name or detail may hold comes back as it was proven", async () => {
  const { organization, group } = await createTenant();
  const owner = { organizationId: organization.id, groupId: null };
  for (const text of [
    "",
    "\uD800 half",
    "👩‍🚗",
    "a\u2028b\n\t\u0001",
    "e\u0301",
    "\ufeff",
    "x".repeat(10_000),
    '"\\',
  ]) {
    const detail = { [text]: text, z: null, a: "1", 10: "ten", 9: "nine", __proto__: null };
    await recordAuditEvent(db, { ...group.admin, name: text }, owner, {
      action: "group.renamed",
      subject: { id: "grp_1", name: text },
      detail: { ...detail, ["__proto__"]: "own" },
    });
  }
  await sealPendingEvents();
  expect(await chainOf(organization.id)).toHaveLength(8);
  expect(await findingsIn(organization.id)).toEqual([]);
});

describe("the application's role", () => {
  test.each([
    "update audit_chain set position = 7",
    "delete from audit_chain",
    "truncate audit_chain",
    "update unsealed_audit_events set proof = null",
    "truncate unsealed_audit_events",
  ])("may not %s", async (statement) => {
    await createChain(1);
    await expect(pool.query(statement)).rejects.toMatchObject({ code: "42501" });
  });
});

test.each(["update audit_chain set position = 7", "delete from audit_chain", "truncate audit_chain"])(
  "the database's owner may not %s either, with the triggers in place",
  async (statement) => {
    await createChain(1);
    await asOwner(async (owner) => {
      await expect(owner.query(statement)).rejects.toThrow("audit_chain is append-only");
    });
  },
);

test("the first event makes the organization's data key, in its transaction", async () => {
  const { id } = await createChain(2);
  expect(await db.$count(dataKeys, eq(dataKeys.organizationId, id))).toBe(1);
});
