import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { groups, memberships, organizations, users } from "@/db/schema";
import { permissionsInGroup } from "@/lib/auth/permissions";
import { foldName } from "@/lib/names";
import { createToken } from "@/testing/access-tokens";
import { asCursor, foreignCursors, throughPages } from "@/testing/pages";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { getGroup, listGroups, listMembers } from "./queries";

async function organizationToken({ organizationAdmin, organization }: Tenant, admin: boolean) {
  return (await createToken(organizationAdmin, organization.scope, { admin })).actor;
}
async function groupToken({ group }: Tenant, admin: boolean) {
  return (await createToken(group.admin, group.scope, { admin })).actor;
}
const personIn = (tenant: Tenant, roles: Parameters<typeof createPerson>[2]) =>
  createPerson(tenant.organization.id, "organization_user", roles);

const visibility: [
  string,
  (tenant: Tenant) => Promise<Parameters<typeof getGroup>[0]>,
  { group?: string | null; otherGroup?: string | null },
][] = [
  ["a group admin", async ({ group }) => group.admin, { group: "group_admin" }],
  ["a group user", async ({ group }) => group.user, { group: "group_user" }],
  [
    "a member of both groups",
    async (tenant) => personIn(tenant, { [tenant.group.id]: "group_user", [tenant.otherGroup.id]: "group_admin" }),
    { group: "group_user", otherGroup: "group_admin" },
  ],
  ["an organization admin", async ({ organizationAdmin }) => organizationAdmin, { group: null, otherGroup: null }],
  [
    "an organization admin with a role in a group",
    async (tenant) => createPerson(tenant.organization.id, "organization_admin", { [tenant.group.id]: "group_user" }),
    { group: "group_user", otherGroup: null },
  ],
  ["an organization user without a group", async (tenant) => personIn(tenant, {}), {}],
  ["a group token, admin role", async (tenant) => groupToken(tenant, true), { group: "group_admin" }],
  ["a group token, user role", async (tenant) => groupToken(tenant, false), { group: "group_user" }],
  [
    "an organization token, admin role",
    async (tenant) => organizationToken(tenant, true),
    { group: null, otherGroup: null },
  ],
  [
    "an organization token, user role",
    async (tenant) => organizationToken(tenant, false),
    { group: null, otherGroup: null },
  ],
  ["another organization's admin", async () => (await createTenant()).organizationAdmin, {}],
];

describe.each(visibility)("%s", (_who, actorIn, seen) => {
  test("lists the visible groups with its own role", async () => {
    const tenant = await createTenant();
    const { items } = await listGroups(await actorIn(tenant));
    const listed = items.filter(({ organizationId }) => organizationId === tenant.organization.id);
    const expected = (["group", "otherGroup"] as const)
      .filter((which) => which in seen)
      .map((which) => ({
        id: tenant[which].id,
        name: tenant[which].name,
        organizationId: tenant.organization.id,
        organizationName: tenant.organization.name,
        role: seen[which],
        createdAt: expect.any(Date),
      }));
    expect(listed).toHaveLength(expected.length);
    expect(listed).toEqual(expect.arrayContaining(expected));
  });

  test("reads these groups and their members, and no others", async () => {
    const tenant = await createTenant();
    const actor = await actorIn(tenant);
    for (const which of ["group", "otherGroup"] as const) {
      const { id, name, admin } = tenant[which];
      if (which in seen) {
        expect(await getGroup(actor, id)).toMatchObject({ id, name, organization: { id: tenant.organization.id } });
        const { items } = await listMembers(actor, id);
        expect(items.map(({ user }) => user.id)).toContain(admin.userId);
      } else {
        const unknown = await refusal(getGroup(actor, newId("grp")));
        expect(unknown).toMatchObject({ code: "not_found" });
        expect(await refusal(getGroup(actor, id))).toEqual(unknown);
        expect(await refusal(listMembers(actor, id))).toEqual(unknown);
        expect(await refusal(listMembers(actor, newId("grp")))).toEqual(unknown);
      }
    }
  });
});

test("getGroup returns the actor's permissions", async () => {
  const { group, organization } = await createTenant();
  const { permissions, ...rest } = await getGroup(group.admin, group.id);
  expect(permissions).toEqual(permissionsInGroup("person", { group: "group_admin" }));
  expect(rest).toEqual({
    id: group.id,
    name: group.name,
    organizationId: organization.id,
    organization: { id: organization.id, name: organization.name },
    role: "group_admin",
    createdAt: expect.any(Date),
  });
});

test.each(["", "\0", "grp_unknown", "__proto__", "../../admin"])("%j is an unknown group", async (id) => {
  const { group } = await createTenant();
  expect(await refusal(getGroup(group.admin, id))).toEqual(await refusal(getGroup(group.admin, newId("grp"))));
});

describe("listGroups", () => {
  test("sorts by organization, then by name, through pages of any size", async () => {
    const person = { kind: "person", userId: newId("usr"), name: "Ada" } as const;
    await db
      .insert(users)
      .values({ id: person.userId, kind: "person", name: "Ada", email: `${person.userId}@example.com` });
    // Created in another order than listed. Two have the same name and are sorted by id.
    const arla = await addOrganization(person.userId, "Ärla", ["d"]);
    const upper = await addOrganization(person.userId, "Beta", ["a"]);
    const alpha = await addOrganization(person.userId, "alpha", ["Ångström", "Zulu", "b", "alfa"]);
    const lower = await addOrganization(person.userId, "beta", ["C", "b"]);
    const expected = [...alpha.reverse(), ...upper, ...lower.reverse(), ...arla];
    for (const limit of [1, 2, 3, 7, 8, 100]) {
      const listed = await throughPages(limit, (page) => listGroups(person, page));
      expect(
        listed.map(({ id }) => id),
        `by ${limit}`,
      ).toEqual(expected);
    }
  });

  const withNul = asCursor(["groups", "a\0", "b", "c"]);
  test.each([...foreignCursors, ["NUL", withNul]])("refuses %s as a cursor", async (_what, cursor) => {
    const { group } = await createTenant();
    expect(await refusal(listGroups(group.admin, { cursor }))).toMatchObject({ code: "malformed" });
  });
});

describe("listMembers", () => {
  test("lists people first, with their e-mail, then technical users", async () => {
    const { group } = await createTenant();
    const token = await createToken(group.admin, group.scope, { admin: true });
    const { items } = await listMembers(group.user, group.id);
    const createdAt = expect.any(Date);
    expect(items).toEqual([
      {
        user: { id: group.admin.userId, name: group.admin.name },
        kind: "person",
        role: "group_admin",
        email: `${group.admin.userId}@example.com`,
        createdAt,
      },
      expect.objectContaining({ user: { id: group.user.userId, name: group.user.name }, role: "group_user" }),
      {
        user: { id: token.actor.userId, name: token.actor.name },
        kind: "technical",
        role: "group_admin",
        email: null,
        createdAt,
      },
    ]);
  });

  test("lists pages of any size, of one kind or of both", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    for (let round = 0; round < 4; round++) {
      await createToken(group.admin, group.scope);
      if (round > 0) await personIn(tenant, { [group.id]: "group_user" });
    }
    await createToken(tenant.otherGroup.admin, tenant.otherGroup.scope);
    const whole = (await listMembers(group.admin, group.id, { limit: 100 })).items;
    expect(whole.map(({ kind }) => kind)).toEqual([...Array(5).fill("person"), ...Array(4).fill("technical")]);
    for (const limit of [1, 2, 4, 5, 9, 100]) {
      expect(await throughPages(limit, (page) => listMembers(group.admin, group.id, page))).toEqual(whole);
      for (const kind of ["person", "technical"] as const) {
        expect(await throughPages(limit, (page) => listMembers(group.admin, group.id, { ...page, kind }))).toEqual(
          whole.filter((member) => member.kind === kind),
        );
      }
    }
  });

  const withNul = asCursor(["members", "person", "\0"]);
  const ofRobots = asCursor(["members", "robot", "x"]);
  test.each([...foreignCursors, ["NUL", withNul], ["an unknown kind", ofRobots]])(
    "refuses %s as a cursor",
    async (_what, cursor) => {
      const { group } = await createTenant();
      expect(await refusal(listMembers(group.admin, group.id, { cursor }))).toMatchObject({ code: "malformed" });
    },
  );
});

/** Adds an organization with groups that the person is in. Returns the groups' ids in the given order. */
async function addOrganization(userId: string, name: string, groupNames: string[]): Promise<string[]> {
  const organizationId = newId("org");
  await db.insert(organizations).values({ id: organizationId, name });
  const member = { organizationId, userId, kind: "person" } as const;
  await db.insert(memberships).values({ ...member, role: "organization_user" });
  const ids: string[] = [];
  for (const groupName of groupNames) {
    const groupId = newId("grp");
    ids.push(groupId);
    await db.insert(groups).values({ id: groupId, organizationId, name: groupName, nameKey: foldName(groupName) });
    await db.insert(memberships).values({ ...member, groupId, role: "group_user" });
  }
  return ids;
}
