import { sql } from "drizzle-orm";
import { z } from "zod";
import { db, type Tx } from "@/db/client";
import { memberships, organizations, users } from "@/db/schema";
import { recordAuditEvent } from "@/lib/audit/record";
import type { Person } from "@/lib/auth/actor";
import { hashPassword } from "@/lib/sign-in/password";

export const foundOrganizationInput = z.strictObject({
  name: z.string().trim().min(1, "Give the organization's name.").max(255),
  email: z.string().trim().toLowerCase().pipe(z.email("Give the admin's e-mail address.")),
  adminName: z.string().trim().min(1, "Give the admin's name.").max(255),
});

/**
 * Creates an organization and its first admin. Only for the operator's command line, for an empty database. An existing
 * person with this e-mail address keeps name and password; `password` is for a new one without an identity provider.
 */
export function foundOrganization(input: z.output<typeof foundOrganizationInput>, password?: string): Promise<Person> {
  return db.transaction(async (tx) => {
    const [organization] = await tx.insert(organizations).values({ name: input.name }).returning();
    if (!organization) throw new Error("the organization was not inserted");
    const admin = await findOrInsert(tx, input, password);
    const organizationId = organization.id;
    await tx
      .insert(memberships)
      .values({ organizationId, userId: admin.userId, kind: "person", role: "organization_admin" });
    const event = { action: "organization.created", subject: organization, detail: { admin: input.email } } as const;
    await recordAuditEvent(tx, admin, { organizationId, groupId: null }, event);
    return admin;
  });
}

async function findOrInsert(tx: Tx, input: { email: string; adminName: string }, password?: string): Promise<Person> {
  const passwordHash = password ? await hashPassword(password) : null;
  const [user] = await tx
    .insert(users)
    .values({ kind: "person", name: input.adminName, email: input.email, passwordHash })
    .onConflictDoUpdate({ target: users.email, set: { email: sql`excluded.email` } })
    .returning();
  if (!user) throw new Error("the admin was not inserted");
  return { kind: "person", userId: user.id, name: user.name };
}
