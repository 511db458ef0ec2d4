import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { newId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { mutate } from "@/lib/mutate";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { asOwner } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";

const changes: [string, string][] = [
  ["update", "update audit_events set actor_name = 'nobody'"],
  ["update of no row", "update audit_events set actor_name = 'nobody' where false"],
  ["delete", "delete from audit_events"],
  ["truncate", "truncate audit_events"],
];

/** All columns except owner_id, which the database generates from two of them. */
const columns =
  "id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name, access_token_id, action, " +
  "subject_id, subject_name, detail, channel, address";

async function eventCount(): Promise<number> {
  return db.$count(auditEvents);
}

async function createEvent(): Promise<void> {
  const { group } = await createTenant();
  await createToken(group.admin, group.scope);
}

describe("the application's role", () => {
  test.each(changes)("may not %s", async (_what, statement) => {
    await createEvent();
    const before = await eventCount();
    await expect(pool.query(statement)).rejects.toMatchObject({
      code: "42501",
      message: "permission denied for table audit_events",
    });
    expect(await eventCount()).toBe(before);
  });

  test.each([
    [
      "replace an event",
      `insert into audit_events (${columns}) select ${columns} from audit_events
       on conflict (id) do update set address = ''`,
    ],
    ["lock an event, as before a change", "select from audit_events for update"],
    ["drop the trigger", "drop trigger audit_events_append_only on audit_events"],
    ["disable the trigger", "alter table audit_events disable trigger all"],
    ["replace the trigger's function", "drop function refuse_change_of_audit_events cascade"],
    ["drop the table", "drop table audit_events"],
    ["give itself the right", "grant update on audit_events to vehaas_application"],
  ])("may not %s", async (_what, statement) => {
    await createEvent();
    const before = await eventCount();
    // PostgreSQL only warns if the grantor lacks the right to grant; then the change itself must fail.
    const attempt = async () => {
      await pool.query(statement);
      await pool.query("update audit_events set actor_name = 'nobody'");
    };
    await expect(attempt()).rejects.toMatchObject({ code: "42501" });
    expect(await eventCount()).toBe(before);
  });
});

describe("the database's owner", () => {
  test.each(changes)("may not %s either", async (what, statement) => {
    await createEvent();
    const before = await eventCount();
    await asOwner(async (owner) => {
      await expect(owner.query(statement)).rejects.toMatchObject({
        code: "42501",
        message: `audit_events is append-only: ${what.split(" ")[0]?.toUpperCase()} is refused`,
      });
    });
    expect(await eventCount()).toBe(before);
  });
});

test("an event keeps the names of a deleted technical user and its token", async () => {
  const { group } = await createTenant();
  const { id, actor } = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
  await revokeAccessToken(actor, id);
  await deleteAccessToken(group.admin, id);
  const events = await db.select().from(auditEvents).where(eq(auditEvents.actorId, actor.userId));
  expect(events).toMatchObject([
    {
      actorKind: "technical",
      actorName: actor.name,
      accessTokenId: id,
      action: "access_token.revoked",
      subjectId: id,
      subjectName: "nightly",
    },
  ]);
});

test("an event has the time of its change, even if its transaction began before another's", async () => {
  const { group } = await createTenant();
  const subject = { id: newId("usr"), name: "Ada" };
  const [begun, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = mutate(group.admin, group.scope, "audit:read", async () => {
    begun.resolve();
    await other.promise;
    return { result: undefined, event: { action: "member.removed", subject } };
  });
  await begun.promise;
  await mutate(group.admin, group.scope, "audit:read", async () => ({
    result: undefined,
    event: { action: "member.added", subject },
  }));
  other.resolve();
  await slow;
  expect((await eventsOn(subject.id)).map(({ action }) => action)).toEqual(["member.added", "member.removed"]);
});
