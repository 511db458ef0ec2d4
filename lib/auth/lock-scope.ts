import { eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { groups, organizations } from "@/db/schema";
import type { Scope } from "./scope";

/** Holds the scope's row until the transaction ends. Rows that refer to it can still be added. */
export async function lockScope(tx: Tx, scope: Scope): Promise<void> {
  const table = scope.kind === "group" ? groups : organizations;
  const id = scope.kind === "group" ? scope.groupId : scope.organizationId;
  await tx.select({ id: table.id }).from(table).where(eq(table.id, id)).for("no key update");
}
