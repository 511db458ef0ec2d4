import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { auditEvents, unsealedAuditEvents } from "@/db/schema";
import { chainOf, createChain, findingsIn, recordEvent, tamper } from "@/testing/audit-chain";
import { asOwner } from "@/testing/database/database-owner";
import type { Tenant } from "@/testing/tenant";
import { chainKeys } from "./keys";
import { sealPendingEvents } from "./seal";

function waitingOf({ organization }: Tenant) {
  return db.select().from(unsealedAuditEvents).where(eq(unsealedAuditEvents.organizationId, organization.id));
}

/** Makes the proof column nullable, as the database's owner could. */
async function allowNoProof(): Promise<void> {
  await asOwner((owner) => owner.query("alter table unsealed_audit_events alter proof drop not null"));
}

describe("a waiting event", () => {
  test.each([
    ["was altered", "update audit_events set actor_name = 'nobody' where organization_id = $1"],
    [
      "was given another time",
      "update audit_events set occurred_at = occurred_at - interval '1 day' where organization_id = $1",
    ],
    ["was moved to another group", "update audit_events set group_id = 'grp_other' where organization_id = $1"],
    ["lost its proof", "update unsealed_audit_events set proof = null where organization_id = $1"],
    ["got another proof", "update unsealed_audit_events set proof = sha256('x') where organization_id = $1"],
  ])("is not sealed if it %s", async (_what, statement) => {
    const tenant = await createChain(1);
    const { id } = tenant;
    await recordEvent(tenant, "later");
    const later = (await waitingOf(tenant))[0]?.eventId;
    await allowNoProof();
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

  test("is not sealed with the proof of another event or organization", async () => {
    const tenant = await createChain(1);
    const other = await createChain(1);
    await recordEvent(tenant, "genuine");
    const [waiting] = await waitingOf(tenant);
    const [event] = await db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.id, waiting?.eventId ?? ""));
    if (!waiting || !event) throw new Error("there is no event");
    const foreign = (await chainKeys(db, other.id)).proof(event);
    for (const proof of [waiting.proof, foreign]) {
      const id = newId("aud");
      await db.insert(auditEvents).values({ ...event, id });
      await db.insert(unsealedAuditEvents).values({ organizationId: tenant.id, eventId: id, proof });
    }
    await sealPendingEvents();
    expect(await chainOf(tenant.id)).toHaveLength(2);
    expect(await findingsIn(tenant.id)).toHaveLength(2);
  });
});

test("a deleted chain is not rebuilt from events that someone queued again", async () => {
  const { id, entries } = await createChain(5);
  await allowNoProof();
  await tamper("delete from audit_events where id = $1", entries[1]?.eventId);
  await tamper("update audit_events set actor_name = 'Mallory' where id = $1", entries[2]?.eventId);
  await tamper("delete from audit_chain where organization_id = $1", id);
  await tamper(
    `insert into unsealed_audit_events (event_id, organization_id)
     select id, organization_id from audit_events where organization_id = $1`,
    id,
  );
  await sealPendingEvents();
  expect(await chainOf(id)).toEqual([]);
  const stray = expect.stringMatching(/^event aud_\w+ is not in the chain: it was not written by/);
  expect(await findingsIn(id)).toEqual([stray, stray, stray, stray]);
});

describe("a stray row in the queue blocks no other event", () => {
  test("if its event is sealed", async () => {
    const tenant = await createChain(1);
    await recordEvent(tenant, "kept");
    const [kept] = await waitingOf(tenant);
    if (!kept) throw new Error("nothing waits");
    await sealPendingEvents();
    await db.insert(unsealedAuditEvents).values(kept);
    await recordEvent(tenant, "later");
    await sealPendingEvents();
    expect(await chainOf(tenant.id)).toHaveLength(3);
    expect(await waitingOf(tenant)).toEqual([]);
    expect(await findingsIn(tenant.id)).toEqual([]);
  });

  test("if its event belongs to another organization", async () => {
    const [tenant, other] = [await createChain(1), await createChain(0)];
    await recordEvent(other, "other");
    const [foreign] = await waitingOf(other);
    if (!foreign) throw new Error("nothing waits");
    await db.insert(unsealedAuditEvents).values({ ...foreign, organizationId: tenant.id });
    await recordEvent(tenant, "later");
    await sealPendingEvents();
    expect(await chainOf(tenant.id)).toHaveLength(2);
    expect(await waitingOf(tenant)).toEqual([]);
    expect(await chainOf(other.id)).toMatchObject([{ eventId: foreign.eventId }]);
    expect([...(await findingsIn(tenant.id)), ...(await findingsIn(other.id))]).toEqual([]);
  });

  test("if its event does not exist, which is reported", async () => {
    const tenant = await createChain(1);
    const nothing = { organizationId: tenant.id, eventId: "", proof: Buffer.alloc(32) };
    await db.insert(unsealedAuditEvents).values(nothing);
    await recordEvent(tenant, "later");
    await sealPendingEvents();
    expect(await chainOf(tenant.id)).toHaveLength(2);
    expect(await findingsIn(tenant.id)).toEqual(["event  was removed before it was sealed."]);
  });
});
