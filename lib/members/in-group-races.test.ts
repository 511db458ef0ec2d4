import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { memberships } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { countDeadlocks, hold, waitForLockWaiters } from "@/testing/database/locks";
import { outcomes, refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { addMember, changeMemberRole, removeMember } from "./in-group";

const rounds = 10;

const groupAdmin = ({ organization, group }: Tenant) =>
  createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });

async function countAdmins({ group }: Tenant): Promise<number> {
  const admins = and(eq(memberships.groupId, group.id), eq(memberships.role, "group_admin"));
  return db.$count(memberships, admins);
}

test("two admins who demote each other at once leave one", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { group } = tenant;
    const other = await groupAdmin(tenant);
    const ended = await outcomes([
      changeMemberRole(group.admin, group.scope, other.userId, "group_user"),
      changeMemberRole(other, group.scope, group.admin.userId, "group_user"),
    ]);
    expect(ended).toEqual({ done: 1, forbidden: 1 });
    expect(await countAdmins(tenant)).toBe(1);
  }
});

test("two admins who remove each other at once leave one", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { group } = tenant;
    const other = await groupAdmin(tenant);
    const ended = await outcomes([
      removeMember(group.admin, group.scope, other.userId),
      removeMember(other, group.scope, group.admin.userId),
    ]);
    expect(ended).toEqual({ done: 1, not_found: 1 });
    expect(await countAdmins(tenant)).toBe(1);
  }
});

test("two admins who step down at once leave one", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { group } = tenant;
    const other = await groupAdmin(tenant);
    const ended = await outcomes([
      changeMemberRole(group.admin, group.scope, group.admin.userId, "group_user"),
      removeMember(other, group.scope, other.userId),
    ]);
    expect(ended).toEqual({ done: 1, conflict: 1 });
    expect(await countAdmins(tenant)).toBe(1);
  }
});

test("many admins who demote one another leave one, without a deadlock", async () => {
  const tenant = await createTenant();
  const { group } = tenant;
  const admins = [group.admin, ...(await Promise.all(Array.from({ length: 7 }, () => groupAdmin(tenant))))];
  const deadlocks = await countDeadlocks();
  await outcomes(
    admins.flatMap((actor) =>
      admins.map((target) => changeMemberRole(actor, group.scope, target.userId, "group_user")),
    ),
  );
  expect(await countAdmins(tenant)).toBe(1);
  expect(await countDeadlocks()).toBe(deadlocks);
});

test("a person added many times at once is one member, with one event", async () => {
  const tenant = await createTenant();
  const { group } = tenant;
  const person = await createPerson(tenant.organization.id, "organization_user");
  const input = { email: person.email, role: "group_user" } as const;
  const ended = await outcomes(Array.from({ length: 20 }, () => addMember(group.admin, group.scope, input)));
  expect(ended).toEqual({ done: 1, conflict: 19 });
  expect(await eventsOn(person.userId)).toHaveLength(1);
});

test("a demotion waits for the admin's running command, and the next command is refused", async () => {
  const tenant = await createTenant();
  const { group } = tenant;
  const other = await groupAdmin(tenant);
  const token = await createToken(other, group.scope);

  const release = await hold("select from access_tokens where id = $1 for update", token.id);
  const revocation = revokeAccessToken(other, token.id);
  await waitForLockWaiters(1);
  const demotion = changeMemberRole(group.admin, group.scope, other.userId, "group_user");
  await waitForLockWaiters(2);
  await release();

  expect((await revocation).status).toBe("revoked");
  await demotion;
  expect(await refusal(createAccessToken(other, group.scope, tokenInput()))).toMatchObject({ code: "forbidden" });
});
