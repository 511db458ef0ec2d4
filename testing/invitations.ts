import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { OrganizationRole } from "@/db/enums";
import { newId } from "@/db/ids";
import { invitations } from "@/db/schema";
import { createInvitation } from "@/lib/invitations/create";
import type { Tenant } from "./tenant";

export function newEmail(): string {
  return `${newId("usr")}@example.com`;
}

/** Creates an invitation as the tenant's admin, by default for an unknown e-mail address. */
export async function invite(
  { organization, organizationAdmin }: Tenant,
  { email = newEmail(), role = "organization_user" }: { email?: string; role?: OrganizationRole } = {},
) {
  const { invitation, secret } = await createInvitation(organizationAdmin, organization.scope, { email, role });
  return { ...invitation, secret };
}

/** Sets the invitation's expiry to this interval from now. */
export async function endInvitation(id: string, from: string): Promise<void> {
  await db
    .update(invitations)
    .set({ expiresAt: sql`now() + ${from}::interval` })
    .where(eq(invitations.id, id));
}
