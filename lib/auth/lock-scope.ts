import { eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { groups, organizations } from "@/db/schema";
import type { Rights } from "./authorize";

/**
 * Holds the scope's row until the transaction ends. A change in the organization as a whole waits for those in its
 * groups, and they for it, while those in two groups go on side by side. Rows that refer to either can still be added.
 */
export async function lockScope(tx: Tx, { organization, group }: Rights): Promise<void> {
  const ofOrganization = tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organization.id));
  await ofOrganization.for(group ? "share" : "no key update");
  if (group) await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, group.id)).for("no key update");
}
