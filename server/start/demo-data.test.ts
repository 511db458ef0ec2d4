import { and, eq, isNotNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import {
  accessTokens,
  accessTokenUses,
  auditEvents,
  environmentVariables,
  groups,
  refusedExchanges,
  trustedPipelines,
  users,
  versionControlAccesses,
} from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { listAttention } from "@/lib/attention/queries";
import { groupScope } from "@/lib/auth/scope";
import { listPeople } from "@/lib/members/queries";
import { prepareDemo } from "./demo";
import { fillDemo } from "./demo-data";
import { examplePeople, exampleTokens } from "./demo-example";

async function demo() {
  const [group] = await db.select({ id: groups.id }).from(groups).where(eq(groups.name, "Powertrain"));
  const [admin] = await db.select().from(users).where(eq(users.email, "group.admin@example.com"));
  if (!group || !admin) throw new Error("there is no demo");
  return { scope: groupScope(group.id), grace: { kind: "person", userId: admin.id, name: admin.name } as const };
}

test("the demo's group is filled through commands, once, and completed by a further run", async () => {
  await expect(fillDemo()).rejects.toThrow("no demo to fill");
  expect(await db.$count(users)).toBe(0);
  await prepareDemo("a password for the demo");
  const all = { people: examplePeople.length, tokens: exampleTokens.length };
  expect(await fillDemo()).toEqual(all);
  expect(await fillDemo()).toEqual({ people: 0, tokens: 0 });

  const { scope, grace } = await demo();
  const counts: Record<string, number> = {};
  for (const status of ["active", "revoked", "expired"] as const) {
    counts[status] = (await listAccessTokens(grace, scope, { status, limit: 100 })).items.length;
  }
  expect(counts).toEqual({ active: 24, revoked: 3, expired: 4 });
  expect((await listPeople(grace, scope)).items).toHaveLength(2 + examplePeople.length);
  expect((await listAttention(grace)).map(({ kind }) => kind)).toEqual([
    "expiring_token",
    "credential",
    "idle_admin_token",
  ]);
  expect(await db.$count(environmentVariables)).toBe(11);
  expect(await db.$count(versionControlAccesses)).toBe(3);
  expect(await db.$count(trustedPipelines)).toBe(2);
  expect(await db.$count(refusedExchanges)).toBe(1);
  expect(await db.$count(accessTokenUses)).toBeGreaterThan(300);
  for (const action of ["access_token.created", "access_token.revoked", "environment_variable.added", "member.added"]) {
    expect(await db.$count(auditEvents, eq(auditEvents.action, action)), action).toBeGreaterThan(3);
  }
  expect(await db.$count(auditEvents, eq(auditEvents.action, "session_context.read"))).toBe(4);
  expect(await db.$count(auditEvents, eq(auditEvents.action, "access_token.rotated"))).toBe(1);

  await db.delete(accessTokens).where(and(eq(accessTokens.name, "dashboard"), isNotNull(accessTokens.lastUsedAt)));
  expect(await fillDemo()).toEqual({ people: 0, tokens: 1 });
}, 60_000);

test("nobody of the example can sign in with a password", async () => {
  const [chen] = await db.select().from(users).where(eq(users.email, "chen.wei@example.com"));
  expect(chen).toMatchObject({ passwordHash: null });
});
