import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { auditEvents, dataKeys, unsealedAuditEvents } from "@/db/schema";
import { remembered } from "@/lib/crypto/data-keys";
import { readMasterKeys } from "@/lib/crypto/master-keys";
import { rotateDataKeys } from "@/lib/crypto/rotate";
import { chainOf, createChain, findingsIn, recordEvent, tamper } from "@/testing/audit-chain";
import { asOwner } from "@/testing/database/database-owner";
import { chainHeads } from "./events";
import { beginning, chainKeys } from "./keys";
import { sealPendingEvents } from "./seal";

type Chain = Awaited<ReturnType<typeof createChain>>;

function eventAt({ entries }: Chain, position: number): string {
  const entry = entries[position - 1];
  if (!entry) throw new Error(`there is no position ${position}`);
  return entry.eventId;
}

const altered = "was altered, or what stood before it was removed. It now says {";
const doubtful = "was altered, or put there, or its hash was replaced. It now says {";
const starting = (...sentences: string[]) =>
  sentences.map((sentence) => expect.stringMatching(new RegExp(`^${sentence.replace(/[.{()]/g, "\\$&")}`)));

describe("an event", () => {
  test.each([
    ["organization's group", "group_id = 'grp_other'"],
    ["time", "occurred_at = occurred_at + interval '1 millisecond'"],
    ["impossible time", "occurred_at = 'infinity'"],
    ["actor", "actor_id = 'usr_other'"],
    ["actor's kind", "actor_kind = 'technical'"],
    ["actor's name", "actor_name = 'Mallory'"],
    ["token", "access_token_id = 'tok_other'"],
    ["action", "action = 'member.removed'"],
    ["subject", "subject_id = 'usr_other'"],
    ["subject's name", "subject_name = subject_name || ' '"],
    ["detail", 'detail = detail || \'{"to": "group_admin"}\''],
    ["detail, emptied into a list", "detail = '[]'"],
    ["detail's null, made what JavaScript writes as null", "detail = detail || '{\"from\": 1e400}'"],
    ["channel", "channel = 'api'"],
    ["address", "address = ''"],
  ])("whose %s was altered is reported, and no other", async (_what, change) => {
    const chain = await createChain(4);
    await tamper(`update audit_events set ${change} where id = $1`, eventAt(chain, 2));
    expect(await findingsIn(chain.id)).toEqual(starting(`position 2: event ${eventAt(chain, 2)} ${altered}`));
  });

  test("that was altered is reported with its current content", async () => {
    const chain = await createChain(3);
    await tamper("update audit_events set actor_name = 'Mallory' where id = $1", eventAt(chain, 1));
    expect(await findingsIn(chain.id)).toEqual([expect.stringContaining('"actorName":"Mallory"')]);
  });

  test("that was altered at the end, or next to another, is reported", async () => {
    const chain = await createChain(5);
    const ids = [2, 3, 5].map((position) => eventAt(chain, position));
    await tamper("update audit_events set actor_name = 'Mallory' where id = any($1)", ids);
    expect(await findingsIn(chain.id)).toEqual(
      starting(
        `position 2: event ${ids[0]} ${doubtful}`,
        `position 3: event ${ids[1]} ${altered}`,
        `position 5: event ${ids[2]} ${doubtful}`,
      ),
    );
  });

  test.each([1, 2, 4])("that was deleted, number %i of four, is reported", async (position) => {
    const chain = await createChain(4);
    await tamper("delete from audit_events where id = $1", eventAt(chain, position));
    expect(await findingsIn(chain.id)).toEqual([
      `position ${position}: event ${eventAt(chain, position)} was removed.`,
    ]);
  });

  test("that was inserted without the application is reported with its content", async () => {
    const chain = await createChain(2);
    const [event] = await db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.id, eventAt(chain, 1)));
    if (!event) throw new Error("there is no event");
    await db.insert(auditEvents).values({ ...event, id: "aud_inserted", actorName: "Mallory" });
    await sealPendingEvents();
    const [finding, ...others] = await findingsIn(chain.id);
    expect(others).toEqual([]);
    expect(finding).toMatch(/^event aud_inserted is not in the chain: .*"actorName":"Mallory"/);
    await tamper("delete from audit_events where id = 'aud_inserted'");
  });

  test("that was moved to another organization is reported at its old place", async () => {
    const [chain, other] = [await createChain(3), await createChain(1)];
    await tamper("update audit_events set organization_id = $1 where id = $2", other.id, eventAt(chain, 2));
    expect(await findingsIn(chain.id)).toEqual(
      starting(`position 2: event ${eventAt(chain, 2)} was moved to organization ${other.id}.`),
    );
    expect(await findingsIn(other.id)).toEqual([]);
  });

  test("that is overdue, or was removed while it waited, is reported", async () => {
    const chain = await createChain(1);
    await recordEvent(chain, "waits");
    expect(await findingsIn(chain.id)).toEqual([]);
    const waiting = "select event_id from unsealed_audit_events where organization_id = $1";
    await tamper(`delete from audit_events where id in (${waiting})`, chain.id);
    expect(await findingsIn(chain.id)).toEqual([
      expect.stringMatching(/^event aud_\w+ was removed before it was sealed\.$/),
    ]);
  });

  test("that still waits after a minute is counted with the others in one line", async () => {
    const chain = await createChain(0);
    await recordEvent(chain, "recent");
    for (const hours of [2, 1]) {
      await recordEvent(chain, `${hours}`);
      await tamper(
        "update audit_events set occurred_at = date_trunc('hour', now()) - $1 * interval '1 hour' where subject_name = $2",
        hours,
        `${hours}`,
      );
    }
    const keys = await chainKeys(db, chain.id);
    const events = await db.select().from(auditEvents).where(eq(auditEvents.organizationId, chain.id));
    for (const event of events) {
      const [eventId, proof] = [event.id, keys.proof(event)];
      await tamper("update unsealed_audit_events set proof = $1 where event_id = $2", proof, eventId);
    }
    const oldest = events.find(({ subjectName }) => subjectName === "2")?.occurredAt.toISOString();
    expect(await findingsIn(chain.id)).toEqual([
      `2 events still wait to be sealed, written at "${oldest}" and later: the service does not run, or can't seal.`,
    ]);
    await sealPendingEvents();
    expect(await findingsIn(chain.id)).toEqual([]);
  });
});

describe("the chain", () => {
  test("with a replaced hash is reported at that position", async () => {
    const chain = await createChain(4);
    await tamper("update audit_chain set hash = sha256('x') where event_id = $1", eventAt(chain, 2));
    expect(await findingsIn(chain.id)).toEqual([
      `position 2: the chain's hash was replaced. Event ${eventAt(chain, 2)} is as it was sealed.`,
    ]);
  });

  test("without one of its entries is reported, and so is the entry's event", async () => {
    const chain = await createChain(6);
    await tamper("delete from audit_chain where organization_id = $1 and position in (2, 4, 5)", chain.id);
    expect(await findingsIn(chain.id)).toEqual(
      starting(
        "position 2: removed from the chain, so that position 3 can't be checked.",
        "positions 4 to 5: removed from the chain, so that position 6 can't be checked.",
        ...[2, 4, 5]
          .map((position) => eventAt(chain, position))
          .sort()
          .map((id) => `event ${id} is not in the chain`),
      ),
    );
  });

  test("that was renumbered after an event was removed is reported at that position", async () => {
    const chain = await createChain(4);
    await tamper("delete from audit_events where id = $1", eventAt(chain, 2));
    await tamper("delete from audit_chain where event_id = $1", eventAt(chain, 2));
    await tamper("update audit_chain set position = 2 where event_id = $1", eventAt(chain, 3));
    await tamper("update audit_chain set position = 3 where event_id = $1", eventAt(chain, 4));
    expect(await findingsIn(chain.id)).toEqual(starting(`position 2: event ${eventAt(chain, 3)} ${altered}`));
  });

  test("with an inserted entry is reported at that position", async () => {
    const chain = await createChain(3);
    await tamper(
      "update audit_chain set position = position + 10 where organization_id = $1 and position > 1",
      chain.id,
    );
    await tamper(
      "update audit_chain set position = position - 9 where organization_id = $1 and position > 10",
      chain.id,
    );
    const [event] = await db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.id, eventAt(chain, 1)));
    if (!event) throw new Error("there is no event");
    await db.insert(auditEvents).values({ ...event, id: "aud_pushed" });
    await tamper("insert into audit_chain values ($1, 2, 'aud_pushed', sha256('x'))", chain.id);
    expect(await findingsIn(chain.id)).toEqual([
      "position 2: the entry was inserted or moved there. It names event aud_pushed.",
    ]);
  });

  test("with swapped entries, or entries before its beginning, is reported", async () => {
    const chain = await createChain(4);
    const exchange = `update audit_chain set hash = other.hash, event_id = other.event_id || '~' from audit_chain other
      where audit_chain.organization_id = $1 and other.organization_id = $1
      and audit_chain.position in (2, 3) and other.position = 5 - audit_chain.position`;
    await tamper(exchange, chain.id);
    await tamper(
      "update audit_chain set event_id = rtrim(event_id, '~') where organization_id = $1 and position in (2, 3)",
      chain.id,
    );
    await tamper("insert into audit_chain values ($1, -3, 'aud_nothing', sha256('x'))", chain.id);
    expect(await findingsIn(chain.id)).toEqual(
      starting(
        "position -3: the entry was inserted, for the chain begins at 1.",
        `position 2: the entry was inserted or moved there. It names event ${eventAt(chain, 3)}.`,
        `position 4: event ${eventAt(chain, 4)} ${doubtful}`,
      ),
    );
  });

  test("that was recomputed without the organization's key is reported", async () => {
    const chain = await createChain(24);
    const wrong = await chainKeys(db, (await createChain(1)).id);
    let hash = beginning;
    for (const { eventId } of chain.entries) {
      const [event] = await db.select().from(auditEvents).where(eq(auditEvents.id, eventId));
      if (!event) throw new Error("there is no event");
      hash = wrong.hash(hash, event);
      await tamper("update audit_chain set hash = $1 where event_id = $2", hash, eventId);
    }
    const findings = await findingsIn(chain.id);
    expect(findings).toHaveLength(21);
    expect(findings.slice(0, 20)).toEqual(
      starting(
        ...chain.entries.slice(0, 20).map(({ eventId }, at) => `position ${at + 1}: event ${eventId} ${doubtful}`),
      ),
    );
    expect(findings[20]).toBe("positions 21 to 24: none of these follows from the one before it either.");
  });

  test("that was truncated verifies, unless compared with an earlier head", async () => {
    const chain = await createChain(4);
    const heads = chain.entries.map(({ position, hash }) => ({ organizationId: chain.id, position, hash }));
    expect(await findingsIn(chain.id, heads)).toEqual([]);
    await tamper("delete from audit_events where id = $1", eventAt(chain, 4));
    await tamper("delete from audit_chain where event_id = $1", eventAt(chain, 4));
    expect(await findingsIn(chain.id)).toEqual([]);
    expect(await findingsIn(chain.id, heads)).toEqual([
      "position 4, noted as the head, is not in the chain: its end was removed.",
    ]);
    await recordEvent(chain, "something else");
    await sealPendingEvents();
    expect(await findingsIn(chain.id)).toEqual([]);
    expect(await findingsIn(chain.id, heads)).toEqual([
      "position 4, noted as the head, has another hash: the chain was made anew.",
    ]);
  });

  test("that was resealed without one event, with kept proofs, differs from the earlier head", async () => {
    const chain = await createChain(2);
    for (const name of ["before", "removed", "after"]) await recordEvent(chain, name);
    const kept = await db.select().from(unsealedAuditEvents).where(eq(unsealedAuditEvents.organizationId, chain.id));
    await sealPendingEvents();
    const heads = (await chainHeads()).filter(({ organizationId }) => organizationId === chain.id);
    await tamper("delete from audit_chain where organization_id = $1 and position > 2", chain.id);
    await tamper("delete from audit_events where organization_id = $1 and subject_name = 'removed'", chain.id);
    await db.insert(unsealedAuditEvents).values(kept);
    await sealPendingEvents();
    await tamper("delete from unsealed_audit_events where organization_id = $1", chain.id);
    expect(await findingsIn(chain.id)).toEqual([]);
    expect(await findingsIn(chain.id, heads)).toEqual([
      "position 5, noted as the head, is not in the chain: its end was removed.",
    ]);
  });

  test("still verifies after a rotation of the master key, with events sealed afterwards", async () => {
    const chain = await createChain(2);
    const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;
    const both = `${key("new", 8)},${process.env.ENCRYPTION_KEYS}`;
    const keys = readMasterKeys(both);
    await rotateDataKeys(db, keys);
    expect(await findingsIn(chain.id)).toEqual([]);
    await rotateDataKeys(db, { ...keys, first: readMasterKeys(process.env.ENCRYPTION_KEYS).first });
    remembered.clear();
    await recordEvent(chain);
    await sealPendingEvents();
    expect(await chainOf(chain.id)).toHaveLength(3);
    expect(await findingsIn(chain.id)).toEqual([]);
  });

  test("that can't be checked, since the data key is gone or damaged, is one finding", async () => {
    const chain = await createChain(3);
    await db.update(dataKeys).set({ masterKeyId: "unknown" }).where(eq(dataKeys.organizationId, chain.id));
    remembered.clear();
    expect(await findingsIn(chain.id)).toEqual([
      "the data key does not open, so that the chain can't be checked: ENCRYPTION_KEYS lacks the key “unknown”.",
    ]);
    await asOwner((owner) => owner.query("delete from data_keys where organization_id = $1", [chain.id]));
    expect(await findingsIn(chain.id)).toEqual(["the data key is gone, so that the chain can't be checked."]);
  });
});
