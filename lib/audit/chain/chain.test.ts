import { eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { auditEvents, dataKeys, unsealedAuditEvents } from "@/db/schema";
import { recordAuditEvent } from "@/lib/audit/record";
import { chainOf, createChain, findingsIn, recordEvent } from "@/testing/audit-chain";
import { asOwner, asStranger } from "@/testing/database/database-owner";
import { hold } from "@/testing/database/locks";
import { createTenant, type Tenant } from "@/testing/tenant";
import { chainKeys } from "./keys";
import { sealPendingEvents } from "./seal";

function eventsOf({ organization }: Tenant) {
  return db.select().from(auditEvents).where(eq(auditEvents.organizationId, organization.id));
}

function waitingOf({ organization }: Tenant) {
  return db.select().from(unsealedAuditEvents).where(eq(unsealedAuditEvents.organizationId, organization.id));
}

/** Unsealed events, older than a minute, with their proofs. */
async function insertEvents({ organization, group }: Tenant, count: number): Promise<void> {
  await db.execute(sql`insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name,
    action, subject_id, subject_name, detail, channel)
    select 'aud_' || lpad(i::text, 26, '0'), ${organization.id}, ${group.id}, now() - i * interval '1 hour', 'usr_1',
    'person', 'Ada', 'member.added', 'usr_2', 'Bob', '{}', 'page' from generate_series(1, ${count}::int) i`);
  const keys = await chainKeys(db, organization.id);
  for (const event of await db.select().from(auditEvents).where(eq(auditEvents.organizationId, organization.id))) {
    await db
      .insert(unsealedAuditEvents)
      .values({ organizationId: organization.id, eventId: event.id, proof: keys.proof(event) });
  }
}

describe("sealing", () => {
  test("adds a waiting event to the chain once", async () => {
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

  test("leaves out a transaction that was rolled back", async () => {
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

  test("adds an event that commits late at a later position, and blocks nobody meanwhile", async () => {
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

  test("by another instance makes this one skip, and writers wait for neither", async () => {
    const tenant = await createTenant();
    await recordEvent(tenant);
    const sealing = "select 1 from data_keys where organization_id = $1 for no key update";
    const release = await hold(sealing, tenant.organization.id);
    await sealPendingEvents();
    await recordEvent(tenant);
    expect(await chainOf(tenant.organization.id)).toEqual([]);
    await release();
    await sealPendingEvents();
    expect(await chainOf(tenant.organization.id)).toHaveLength(2);
  });

  test("can't be blocked by a role that may only connect", async () => {
    const tenant = await createTenant();
    await recordEvent(tenant);
    await asStranger(async (stranger) => {
      await stranger.query("select pg_advisory_lock(7316403, hashtext($1))", [tenant.organization.id]);
      const lock = stranger.query("select 1 from data_keys for share");
      await expect(lock).rejects.toThrow("permission denied");
      await sealPendingEvents();
    });
    expect(await chainOf(tenant.organization.id)).toHaveLength(1);
  });

  test("that crashes before its commit leaves the events to the next run", async () => {
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

  test("of more than one batch skips no event, and keeps committed batches after a crash", async () => {
    const tenant = await createTenant();
    const { id } = tenant.organization;
    await insertEvents(tenant, 2500);
    await asOwner((owner) => owner.query("alter table audit_chain add constraint broken check (position <= 1500)"));
    try {
      await sealPendingEvents();
      expect(await chainOf(id)).toHaveLength(1000);
    } finally {
      await asOwner((owner) => owner.query("alter table audit_chain drop constraint broken"));
    }
    await sealPendingEvents();
    expect((await chainOf(id)).map(({ position }) => position)).toEqual(
      Array.from({ length: 2500 }, (_, index) => index + 1),
    );
    expect(await findingsIn(id)).toEqual([]);
  });
});

test("eight writers and two sealers at once seal each event once, without a gap", async () => {
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

test("any name or detail reads back as it was proven", async () => {
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

test("the first event creates the organization's data key, in its transaction", async () => {
  const { id } = await createChain(2);
  expect(await db.$count(dataKeys, eq(dataKeys.organizationId, id))).toBe(1);
});
