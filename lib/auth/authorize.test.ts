import { and, eq, isNotNull } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships } from "@/db/schema";
import { createToken } from "@/testing/access-tokens";
import { waitForLockWaiters } from "@/testing/database/locks";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import type { Actor } from "./actor";
import { accessIn, authorize } from "./authorize";
import { permissionsInGroup, permissionsInOrganization, type Roles } from "./permissions";
import { groupScope, type Scope } from "./scope";

const groupToken = async ({ group }: Tenant, admin: boolean) =>
  (await createToken(group.admin, group.scope, { admin })).actor;
const organizationToken = async ({ organizationAdmin, organization }: Tenant, admin: boolean) =>
  (await createToken(organizationAdmin, organization.scope, { admin })).actor;

/** Name, setup, roles in the tenant's first group and its organization, and roles in its other group. */
const actors: [string, (tenant: Tenant) => Promise<Actor>, Roles, Roles][] = [
  [
    "a group admin",
    async ({ group }) => group.admin,
    { group: "group_admin", organization: "organization_user" },
    { organization: "organization_user" },
  ],
  [
    "a group user",
    async ({ group }) => group.user,
    { group: "group_user", organization: "organization_user" },
    { organization: "organization_user" },
  ],
  [
    "an organization admin",
    async ({ organizationAdmin }) => organizationAdmin,
    { organization: "organization_admin" },
    { organization: "organization_admin" },
  ],
  [
    "an organization admin who is group admin too",
    ({ organization, group }) => createPerson(organization.id, "organization_admin", { [group.id]: "group_admin" }),
    { group: "group_admin", organization: "organization_admin" },
    { organization: "organization_admin" },
  ],
  [
    "an organization user",
    ({ organization }) => createPerson(organization.id, "organization_user"),
    { organization: "organization_user" },
    { organization: "organization_user" },
  ],
  ["a group token, admin role", (tenant) => groupToken(tenant, true), { group: "group_admin" }, {}],
  ["a group token, user role", (tenant) => groupToken(tenant, false), { group: "group_user" }, {}],
  [
    "an organization token, admin role",
    (tenant) => organizationToken(tenant, true),
    { organization: "organization_admin" },
    { organization: "organization_admin" },
  ],
  [
    "an organization token, user role",
    (tenant) => organizationToken(tenant, false),
    { organization: "organization_user" },
    { organization: "organization_user" },
  ],
];

async function permissionsIn(actor: Actor, scope: Scope): Promise<ReadonlySet<string>> {
  return accessIn(db, actor, scope).then(
    ({ permissions }) => permissions,
    async (error) => {
      expect(await refusal(Promise.reject(error))).toMatchObject({ code: "not_found" });
      return new Set();
    },
  );
}

describe.each(actors)("%s", (_who, actorIn, inGroup, inOtherGroup) => {
  test("has exactly the permissions of its roles", async () => {
    const tenant = await createTenant();
    const actor = await actorIn(tenant);
    const { group, otherGroup, organization } = tenant;
    expect(await permissionsIn(actor, group.scope)).toEqual(permissionsInGroup(actor.kind, inGroup));
    expect(await permissionsIn(actor, otherGroup.scope)).toEqual(permissionsInGroup(actor.kind, inOtherGroup));
    expect(await permissionsIn(actor, organization.scope)).toEqual(permissionsInOrganization(actor.kind, inGroup));
  });

  test("sees nothing of another organization", async () => {
    const actor = await actorIn(await createTenant());
    const foreign = await createTenant();
    const unknownGroup = await refusal(accessIn(db, actor, groupScope(newId("grp"))));
    const unknown = { kind: "organization", organizationId: newId("org") } as const;
    const unknownOrganization = await refusal(accessIn(db, actor, unknown));
    expect(unknownGroup).toMatchObject({ code: "not_found" });
    expect(unknownOrganization).toMatchObject({ code: "not_found" });
    expect(await refusal(accessIn(db, actor, foreign.group.scope))).toEqual(unknownGroup);
    expect(await refusal(accessIn(db, actor, foreign.organization.scope))).toEqual(unknownOrganization);
  });
});

test("accessIn returns the names of the group and of its organization", async () => {
  const { organization, group } = await createTenant();
  const names = { organization: { id: organization.id, name: organization.name } };
  expect(await accessIn(db, group.admin, group.scope)).toMatchObject({
    ...names,
    group: { id: group.id, name: group.name },
  });
  expect(await accessIn(db, group.admin, organization.scope)).toMatchObject({ ...names, group: null });
});

test("a group's id is not accepted as an organization's, nor the reverse", async () => {
  const { organization, group, organizationAdmin } = await createTenant();
  const wrong: Scope[] = [groupScope(organization.id), { kind: "organization", organizationId: group.id }];
  for (const scope of wrong) {
    expect(await refusal(accessIn(db, organizationAdmin, scope))).toMatchObject({ code: "not_found" });
  }
});

test("an action is forbidden if the scope is visible but the permission is missing", async () => {
  const { group } = await createTenant();
  expect(await refusal(authorize(db, group.user, group.scope, "access-tokens:read"))).toEqual({
    code: "forbidden",
    message: expect.stringContaining("not allowed"),
    errors: [],
  });
});

test("only people create access tokens, and a token of any role gets people_only", async () => {
  const tenant = await createTenant();
  for (const admin of [true, false]) {
    const actor = await groupToken(tenant, admin);
    expect(await refusal(authorize(db, actor, tenant.group.scope, "access-tokens:create"))).toMatchObject({
      code: "people_only",
    });
    expect(await refusal(authorize(db, actor, tenant.otherGroup.scope, "access-tokens:create"))).toMatchObject({
      code: "not_found",
    });
  }
});

test("roles are read on each call", async () => {
  const { group } = await createTenant();
  const ofAdmin = and(eq(memberships.userId, group.admin.userId), isNotNull(memberships.groupId));
  const manage = () => authorize(db, group.admin, group.scope, "access-tokens:manage");
  await manage();
  await db.update(memberships).set({ role: "group_user" }).where(ofAdmin);
  expect(await refusal(manage())).toMatchObject({ code: "forbidden" });
  await db.delete(memberships).where(ofAdmin);
  expect(await refusal(manage())).toMatchObject({ code: "not_found" });
});

test("a lock keeps the roles until the transaction ends", async () => {
  const { group } = await createTenant();
  const ofAdmin = and(eq(memberships.userId, group.admin.userId), isNotNull(memberships.groupId));
  let demotion: Promise<unknown> | undefined;
  await db.transaction(async (tx) => {
    await authorize(tx, group.admin, group.scope, "access-tokens:manage", true);
    demotion = db.update(memberships).set({ role: "group_user" }).where(ofAdmin).execute();
    await waitForLockWaiters(1);
    await authorize(tx, group.admin, group.scope, "access-tokens:manage", true);
  });
  await demotion;
  expect(await refusal(authorize(db, group.admin, group.scope, "access-tokens:manage"))).toMatchObject({
    code: "forbidden",
  });
});
