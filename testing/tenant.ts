import { db } from "@/db/client";
import type { GroupRole, OrganizationRole } from "@/db/enums";
import { newId } from "@/db/ids";
import { groups, memberships, organizations, users } from "@/db/schema";
import type { Person } from "@/lib/auth/actor";
import { type GroupScope, groupScope, type OrganizationScope } from "@/lib/auth/scope";
import { foldName } from "@/lib/names";

type TestPerson = Person & { email: string };
type TestGroup = { scope: GroupScope; id: string; name: string; admin: TestPerson; user: TestPerson };
export type Tenant = {
  organization: { scope: OrganizationScope; id: string; name: string };
  organizationAdmin: TestPerson;
  group: TestGroup;
  otherGroup: TestGroup;
};

/** A new organization with an admin, and two groups with an admin and a user each. */
export async function createTenant(): Promise<Tenant> {
  const id = newId("org");
  const name = `Organization ${id.slice(-6)}`;
  await db.insert(organizations).values({ id, name });
  return {
    organization: { scope: { kind: "organization", organizationId: id }, id, name },
    organizationAdmin: await createPerson(id, "organization_admin"),
    group: await createGroup(id),
    otherGroup: await createGroup(id),
  };
}

/** A person with a role in the organization, and optionally roles in groups. */
export async function createPerson(
  organizationId: string,
  role: OrganizationRole,
  groupRoles: Record<string, GroupRole> = {},
): Promise<TestPerson> {
  const userId = newId("usr");
  const name = `Person ${userId.slice(-6)}`;
  const email = `${userId}@example.com`;
  await db.insert(users).values({ id: userId, kind: "person", name, email });
  const member = { organizationId, userId, kind: "person" as const };
  await db
    .insert(memberships)
    .values([
      { ...member, role },
      ...Object.entries(groupRoles).map(([groupId, groupRole]) => ({ ...member, groupId, role: groupRole })),
    ]);
  return { kind: "person", userId, name, email };
}

async function createGroup(organizationId: string): Promise<TestGroup> {
  const id = newId("grp");
  const name = `Group ${id.slice(-6)}`;
  await db.insert(groups).values({ id, organizationId, name, nameKey: foldName(name) });
  return {
    scope: groupScope(id),
    id,
    name,
    admin: await createPerson(organizationId, "organization_user", { [id]: "group_admin" }),
    user: await createPerson(organizationId, "organization_user", { [id]: "group_user" }),
  };
}
