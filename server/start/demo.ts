import { randomInt } from "node:crypto";
import { eq, inArray } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import type { GroupRole, OrganizationRole } from "@/db/enums";
import { newId } from "@/db/ids";
import { groups, memberships, organizations, users } from "@/db/schema";
import { foldName } from "@/lib/names";
import { areLocalPasswordsOn } from "@/lib/sign-in/local-passwords";
import { hashPassword } from "@/lib/sign-in/password";

type DemoPerson = { name: string; organization: OrganizationRole; groups: Record<string, GroupRole> };

const people: Record<string, DemoPerson> = {
  "org.admin@example.com": { name: "Olivia Admin", organization: "organization_admin", groups: {} },
  "group.admin@example.com": {
    name: "Grace Admin",
    organization: "organization_user",
    groups: { Powertrain: "group_admin" },
  },
  "group.user@example.com": {
    name: "Uma User",
    organization: "organization_user",
    groups: { Powertrain: "group_user" },
  },
  "other.admin@example.com": {
    name: "Otto Other",
    organization: "organization_user",
    groups: { Infotainment: "group_admin" },
  },
};

/** `password` is undefined if `LOCAL_PASSWORDS` is off. */
export type DemoAccounts = { emails: string[]; password: string | undefined };

/**
 * Creates the demo organization in an empty database, and sets the demo accounts' password: the given one, or a new one
 * at each start. No account gets one if local passwords are off. Undefined if the database has other data and no demo.
 */
export async function prepareDemo(givenPassword: string | undefined): Promise<DemoAccounts | undefined> {
  const password = areLocalPasswordsOn() ? (givenPassword ?? generatePassword()) : undefined;
  const passwordHash = password === undefined ? null : await hashPassword(password);
  const emails = await db.transaction(async (tx) => {
    // A concurrent first start waits here, and then finds the organization.
    await tx.execute("lock table organizations in share row exclusive mode");
    const [organization] = await tx.select({ id: organizations.id }).from(organizations).limit(1);
    if (!organization) await seed(tx);
    const demo = inArray(users.email, Object.keys(people));
    return tx.update(users).set({ passwordHash }).where(demo).returning({ email: users.email });
  });
  return emails.length > 0 ? { emails: emails.flatMap(({ email }) => email ?? []).sort(), password } : undefined;
}

async function seed(tx: Tx): Promise<void> {
  const organizationId = newId("org");
  await tx.insert(organizations).values({ id: organizationId, name: "Demo Organization" });
  for (const name of ["Powertrain", "Infotainment"]) {
    await tx.insert(groups).values({ organizationId, name, nameKey: foldName(name) });
  }
  const seeded = await tx.select().from(groups).where(eq(groups.organizationId, organizationId));
  for (const [email, person] of Object.entries(people)) {
    const userId = newId("usr");
    await tx.insert(users).values({ id: userId, kind: "person", name: person.name, email });
    const member = { organizationId, userId, kind: "person" } as const;
    const inGroups = seeded.flatMap(({ id: groupId, name }) => {
      const role = person.groups[name];
      return role ? { ...member, groupId, role } : [];
    });
    await tx.insert(memberships).values([{ ...member, role: person.organization }, ...inGroups]);
  }
}

function generatePassword(): string {
  const characters = "abcdefghjkmnpqrstuvwxyz23456789";
  return Array.from({ length: 16 }, () => characters.charAt(randomInt(characters.length))).join("");
}
