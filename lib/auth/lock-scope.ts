import { eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { groups, organizations } from "@/db/schema";
import type { Rights } from "./authorize";

/**
 * Locks the scope's row until the transaction ends. A change of the organization as a whole and changes of its groups
 * exclude each other; changes of two groups run concurrently. Rows that reference either can still be inserted.
 */
export async function lockScope(tx: Tx, { organization, group }: Rights): Promise<void> {
  const ofOrganization = tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organization.id));
  await ofOrganization.for(group ? "share" : "no key update");
  if (group) await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, group.id)).for("no key update");
}
