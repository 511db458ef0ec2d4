import { eq, sql } from "drizzle-orm";
import { Client, DatabaseError } from "pg";
import { describe, expect, test, vi } from "vitest";
import { db, type Tx } from "@/db/client";
import { auditEvents, organizations } from "@/db/schema";
import { DomainError } from "@/lib/errors";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import type { AuditEvent } from "./audit/record";
import { databaseErrorCode, mutate } from "./mutate";
import { withRequestContext } from "./request-context";

const event: AuditEvent = { action: "member.added", subject: { id: "usr_1", name: "Ada" }, detail: { role: "x" } };

/** A visible change for any test: renames the organization. */
async function rename(tx: Tx, { organization }: Tenant): Promise<void> {
  await tx.update(organizations).set({ name: "renamed" }).where(eq(organizations.id, organization.id));
}

async function nameOf({ organization }: Tenant): Promise<string | undefined> {
  const [row] = await db.select().from(organizations).where(eq(organizations.id, organization.id));
  return row?.name;
}

function eventsIn({ organization }: Tenant) {
  return db.select().from(auditEvents).where(eq(auditEvents.organizationId, organization.id));
}

test("mutate does the work, returns its result, and records its event with actor, scope and request", async () => {
  const tenant = await createTenant();
  const { organization, group } = tenant;
  const result = await withRequestContext({ requestId: "r", channel: "api", address: "192.0.2.1" }, () =>
    mutate(group.admin, group.scope, "members:manage", async (tx, access) => {
      await rename(tx, tenant);
      return { result: access.organization.name, event };
    }),
  );
  expect(result).toBe(organization.name);
  expect(await nameOf(tenant)).toBe("renamed");
  expect(await eventsIn(tenant)).toEqual([
    {
      id: expect.stringMatching(/^aud_/),
      organizationId: organization.id,
      groupId: group.id,
      ownerId: group.id,
      occurredAt: expect.any(Date),
      actorId: group.admin.userId,
      actorKind: "person",
      actorName: group.admin.name,
      accessTokenId: null,
      action: "member.added",
      subjectId: "usr_1",
      subjectName: "Ada",
      detail: { role: "x" },
      channel: "api",
      address: "192.0.2.1",
    },
  ]);
});

test("the channel is the system outside a request", async () => {
  const tenant = await createTenant();
  await mutate(tenant.organizationAdmin, tenant.organization.scope, "members:manage", async () => ({
    result: undefined,
    event,
  }));
  expect(await eventsIn(tenant)).toMatchObject([{ groupId: null, channel: "system", address: null }]);
});

test("mutate records each of several events, in one statement", async () => {
  const tenant = await createTenant();
  const subjects = ["first", "second", "third"].map((name) => ({ id: `tok_${name}`, name }));
  const asked = vi.spyOn(Client.prototype, "query");
  await mutate(tenant.group.admin, tenant.group.scope, "access-tokens:manage", async () => ({
    result: undefined,
    event: subjects.map((subject) => ({ action: "access_token.revoked" as const, subject })),
  }));
  const inserts = asked.mock.calls.filter(([query]) => JSON.stringify(query).includes("insert into audit_events"));
  asked.mockRestore();
  expect(inserts).toHaveLength(1);
  const recorded = await eventsIn(tenant);
  expect(recorded.map(({ subjectName }) => subjectName).toSorted()).toEqual(["first", "second", "third"]);
  expect(new Set(recorded.map(({ id }) => id)).size).toBe(3);
});

test("mutate records nothing without an event", async () => {
  const tenant = await createTenant();
  await mutate(tenant.group.admin, tenant.group.scope, "access-tokens:manage", async () => ({ result: undefined }));
  expect(await eventsIn(tenant)).toEqual([]);
});

describe("nothing is changed", () => {
  test("if the work fails", async () => {
    const tenant = await createTenant();
    const failing = mutate(tenant.group.admin, tenant.group.scope, "access-tokens:manage", async (tx) => {
      await rename(tx, tenant);
      throw new Error("too bad");
    });
    await expect(failing).rejects.toThrow("too bad");
    expect(await nameOf(tenant)).toBe(tenant.organization.name);
  });

  test("if the event can't be written", async () => {
    const tenant = await createTenant();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      const unrecorded = mutate(tenant.group.admin, tenant.group.scope, "access-tokens:manage", async (tx) => {
        await rename(tx, tenant);
        return { result: undefined, event };
      });
      await expect(unrecorded).rejects.toThrow();
    });
    expect(await everyRow()).toEqual(before);
  });

  test("for an actor without the permission, whose work does not start", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    let begun = false;
    const attempt = (actor = group.user) =>
      mutate(actor, group.scope, "members:manage", async (tx) => {
        begun = true;
        await rename(tx, tenant);
        return { result: undefined };
      });
    expect(await refusal(attempt())).toMatchObject({ code: "forbidden" });
    expect(await refusal(attempt(tenant.otherGroup.admin))).toMatchObject({ code: "not_found" });
    expect(begun).toBe(false);
  });
});

describe("a database error", () => {
  /** Runs work that fails `failures` times with this SQLSTATE, and counts the attempts. */
  async function tryWith(sqlState: string, failures: number) {
    const tenant = await createTenant();
    let tries = 0;
    const work = mutate(tenant.group.admin, tenant.group.scope, "access-tokens:manage", async (tx) => {
      tries += 1;
      await rename(tx, tenant);
      if (tries <= failures) await tx.execute(sql.raw(`do $$ begin raise sqlstate '${sqlState}'; end $$`));
      return { result: undefined, event };
    });
    const ended = await work.then(
      () => "done",
      (error) => (error instanceof DomainError ? error.code : databaseErrorCode(error)),
    );
    return { ended, tries, events: (await eventsIn(tenant)).length };
  }

  test.each(["40P01", "40001"])("with %s is retried up to three times, and then unavailable", async (sqlState) => {
    expect(await tryWith(sqlState, 3)).toEqual({ ended: "done", tries: 4, events: 1 });
    expect(await tryWith(sqlState, 4)).toEqual({ ended: "unavailable", tries: 4, events: 0 });
  });

  test.each(["23505", "57014", "P0001"])("with %s is not retried", async (sqlState) => {
    expect(await tryWith(sqlState, 1)).toEqual({ ended: sqlState, tries: 1, events: 0 });
  });

  test("that is a real deadlock is resolved by the retries", async () => {
    const [one, two] = [await createTenant(), await createTenant()];
    let tries = 0;
    let held = 0;
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    const renameBoth = (first: Tenant, second: Tenant) =>
      mutate(first.group.admin, first.group.scope, "access-tokens:manage", async (tx) => {
        tries += 1;
        // The victim waits for the other transaction, or it might win the same race again.
        if (tries > 2) await Promise.any(runs);
        await rename(tx, first);
        held += 1;
        if (held === 2) resolve();
        await bothHold;
        await rename(tx, second);
        return { result: undefined };
      });
    const runs: Promise<undefined>[] = [renameBoth(one, two), renameBoth(two, one)];
    await Promise.all(runs);
    expect(tries).toBe(3);
    expect([await nameOf(one), await nameOf(two)]).toEqual(["renamed", "renamed"]);
  });
});

test("the SQLSTATE is found in errors that wrap the database's error, and nowhere else", () => {
  const error = new DatabaseError("no", 1, "error");
  error.code = "23505";
  expect(databaseErrorCode(new Error("outer", { cause: new Error("inner", { cause: error }) }))).toBe("23505");
  expect(databaseErrorCode(Object.assign(new Error("no"), { code: "23505" }))).toBeUndefined();
  expect(databaseErrorCode("23505")).toBeUndefined();
});
