import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships, organizations } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { permissionsInOrganization } from "@/lib/auth/permissions";
import { organizationScope } from "@/lib/auth/scope";
import { listPeople } from "@/lib/members/queries";
import { createToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { getOrganization, listOrganizationGroups, listOrganizations } from "./queries";

const organizationToken = async ({ organizationAdmin, organization }: Tenant, admin: boolean) =>
  (await createToken(organizationAdmin, organization.scope, { admin })).actor;

const seers: [string, (tenant: Tenant) => Promise<Actor>, ("group" | "otherGroup")[]][] = [
  ["an organization admin", async ({ organizationAdmin }) => organizationAdmin, ["group", "otherGroup"]],
  ["a group admin", async ({ group }) => group.admin, ["group"]],
  ["an organization user", async ({ organization }) => createPerson(organization.id, "organization_user"), []],
  ["an organization token, user role", async (tenant) => organizationToken(tenant, false), ["group", "otherGroup"]],
  [
    "a group token",
    async ({ otherGroup }) => (await createToken(otherGroup.admin, otherGroup.scope)).actor,
    ["otherGroup"],
  ],
];

describe.each(seers)("%s", (_who, actorIn, seen) => {
  test("sees the organization, its members, and the groups that it may see", async () => {
    const tenant = await createTenant();
    await createTenant();
    const { organization, organizationAdmin } = tenant;
    const actor = await actorIn(tenant);
    expect(await getOrganization(actor, organization.id)).toMatchObject({
      id: organization.id,
      name: organization.name,
    });
    const groups = await listOrganizationGroups(actor, organization.scope);
    expect(groups.items.map(({ id }) => id).sort()).toEqual(seen.map((which) => tenant[which].id).sort());
    const members = await listPeople(actor, organization.scope);
    expect(members.items.map(({ id }) => id)).toContain(organizationAdmin.userId);
    expect(members.items).toHaveLength(5 + (actor.kind === "person" && seen.length === 0 ? 1 : 0));
    const [listed, ...others] = await listOrganizations(actor);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id: organization.id, hasVisibleGroups: seen.length > 0 });
  });
});

test("another organization's objects are answered like unknown ids", async () => {
  const stranger = (await createTenant()).organizationAdmin;
  const { organization } = await createTenant();
  const unknown = await refusal(getOrganization(stranger, newId("org")));
  expect(unknown).toMatchObject({ code: "not_found" });
  for (const id of [organization.id, "", "\0"]) {
    expect(await refusal(getOrganization(stranger, id))).toEqual(unknown);
    expect(await refusal(listOrganizationGroups(stranger, organizationScope(id)))).toEqual(unknown);
    expect(await refusal(listPeople(stranger, organizationScope(id)))).toEqual(unknown);
  }
});

test("getOrganization returns the actor's permissions", async () => {
  const { organization, organizationAdmin, group } = await createTenant();
  const ofAdmin = permissionsInOrganization("person", { organization: "organization_admin" });
  expect((await getOrganization(organizationAdmin, organization.id)).permissions).toEqual(ofAdmin);
  expect([...(await getOrganization(group.admin, organization.id)).permissions]).toEqual(["organization:read"]);
});

test("listOrganizations sorts by name, returns the role, and includes an organization without groups", async () => {
  const { organization, group } = await createTenant();
  const id = newId("org");
  await db.insert(organizations).values({ id, name: "  first of all" });
  const member = { userId: group.user.userId, kind: "person", role: "organization_admin" } as const;
  await db.insert(memberships).values({ ...member, organizationId: id });
  expect(await listOrganizations(group.user)).toMatchObject([
    { id, role: "organization_admin", hasVisibleGroups: false },
    { id: organization.id, role: "organization_user", hasVisibleGroups: true },
  ]);
});
