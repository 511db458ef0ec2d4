import { and, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { memberships } from "@/db/schema";
import { createAccessToken } from "@/lib/access-tokens/create";
import { tokenInput } from "@/testing/access-tokens";
import { countDeadlocks } from "@/testing/database/locks";
import { outcomes } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { changeMemberRole, removeMember } from "./in-group";
import { changeOrganizationRole, removeFromOrganization } from "./in-organization";

const rounds = 10;

const secondAdmin = ({ organization }: Tenant) => createPerson(organization.id, "organization_admin");
const groupAdmin = ({ organization, group }: Tenant) =>
  createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });

const countGroupAdmins = ({ group }: Tenant) =>
  db.$count(memberships, and(eq(memberships.groupId, group.id), eq(memberships.role, "group_admin")));
const countAdmins = ({ organization }: Tenant) =>
  db.$count(
    memberships,
    and(
      eq(memberships.organizationId, organization.id),
      isNull(memberships.groupId),
      eq(memberships.role, "organization_admin"),
    ),
  );

test("two organization admins who demote or remove each other at once leave one", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const other = await secondAdmin(tenant);
    const ended = await outcomes([
      changeOrganizationRole(organizationAdmin, organization.scope, other.userId, "organization_user"),
      removeFromOrganization(other, organization.scope, organizationAdmin.userId),
    ]);
    expect(ended.done).toBe(1);
    expect(await countAdmins(tenant)).toBe(1);
  }
});

test("a group keeps one of two admins who are removed from the organization at once", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    const other = await groupAdmin(tenant);
    const another = await secondAdmin(tenant);
    const ended = await outcomes([
      removeFromOrganization(organizationAdmin, organization.scope, group.admin.userId),
      removeFromOrganization(another, organization.scope, other.userId),
    ]);
    expect(ended).toEqual({ done: 1, conflict: 1 });
    expect(await countGroupAdmins(tenant)).toBe(1);
  }
});

test("a group keeps one admin when one steps down while the other is removed from the organization", async () => {
  for (let round = 0; round < rounds; round++) {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    const other = await groupAdmin(tenant);
    const stepDown = round % 2 ? removeMember : changeToUser;
    const ended = await outcomes([
      removeFromOrganization(organizationAdmin, organization.scope, group.admin.userId),
      stepDown(other, group.scope, other.userId),
    ]);
    expect(ended).toEqual({ done: 1, conflict: 1 });
    expect(await countGroupAdmins(tenant)).toBe(1);
  }
});

test("concurrent removals, role changes and creations leave every group an admin, without a deadlock", async () => {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group } = tenant;
  const both = { [group.id]: "group_admin", [tenant.otherGroup.id]: "group_admin" } as const;
  const people = await Promise.all(
    Array.from({ length: 6 }, () => createPerson(organization.id, "organization_admin", both)),
  );
  const deadlocks = await countDeadlocks();
  await outcomes(
    people.flatMap((actor, index) => [
      ...people.map(({ userId }) => removeFromOrganization(actor, organization.scope, userId)),
      changeMemberRole(actor, group.scope, people[(index + 1) % people.length]?.userId ?? "", "group_user"),
      removeFromOrganization(organizationAdmin, organization.scope, actor.userId),
      createAccessToken(actor, group.scope, tokenInput()),
    ]),
  );
  expect(await countAdmins(tenant)).toBeGreaterThan(0);
  expect(await countGroupAdmins(tenant)).toBeGreaterThan(0);
  expect(await countDeadlocks()).toBe(deadlocks);
});

function changeToUser(...[actor, scope, userId]: Parameters<typeof removeMember>): Promise<void> {
  return changeMemberRole(actor, scope, userId, "group_user");
}
