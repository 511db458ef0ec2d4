import { and, eq, ne } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { newId } from "@/db/ids";
import { groups } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import type { OrganizationScope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { foldName, tokenName } from "@/lib/names";
import { findGroup } from "./find";

/** Group names follow the rules for access tokens. */
export const groupNameInput = z.strictObject({ name: tokenName });
export type GroupNameInput = z.output<typeof groupNameInput>;

/** Creates an empty group. Throws `name_taken` on name. */
export function createGroup(actor: Actor, scope: OrganizationScope, { name }: GroupNameInput): Promise<{ id: string }> {
  return mutate(actor, scope, "groups:manage", async (tx, access) => {
    const id = newId("grp");
    await assertFree(tx, access, { id, name });
    await tx.insert(groups).values({ id, organizationId: access.organization.id, name, nameKey: foldName(name) });
    return { result: { id }, event: { action: "group.created", subject: { id, name } } };
  });
}

/** Throws `name_taken` on name. The current name changes nothing. */
export function renameGroup(
  actor: Actor,
  scope: OrganizationScope,
  groupId: string,
  { name }: GroupNameInput,
): Promise<void> {
  return mutate(actor, scope, "groups:manage", async (tx, access) => {
    const group = await findGroup(tx, access, groupId);
    if (group.name === name) return { result: undefined };
    await assertFree(tx, access, { id: group.id, name });
    await tx
      .update(groups)
      .set({ name, nameKey: foldName(name) })
      .where(eq(groups.id, group.id));
    const subject = { id: group.id, name };
    return { result: undefined, event: { action: "group.renamed", subject, detail: { previous_name: group.name } } };
  });
}

// The organization's row is locked, so that no concurrent command can take the name.
async function assertFree(tx: Tx, { organization }: Rights, group: { id: string; name: string }): Promise<void> {
  const [taken] = await tx
    .select({ id: groups.id })
    .from(groups)
    .where(
      and(
        eq(groups.organizationId, organization.id),
        eq(groups.nameKey, foldName(group.name)),
        ne(groups.id, group.id),
      ),
    );
  if (!taken) return;
  const message = `A group named “${group.name}” already exists in this organization. Choose another name.`;
  throw new DomainError("name_taken", message, { errors: [{ field: "name", message }] });
}
