import { and, eq, notExists, sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { givenId } from "@/db/ids";
import { auditEvents, groups } from "@/db/schema";
import { groupScope, type Scope } from "@/lib/auth/scope";
import { notFound } from "@/lib/errors";

/** `deletedGroupId` selects the log of a group that was deleted in the organization. */
export type WhichLog = { deletedGroupId?: string };

/**
 * The log to read: the scope's own, or the deleted group's. Authorizes nothing. Throws `not_found` for an existing
 * group, whose log only its own scope opens, and for one that this organization hasn't deleted.
 */
export async function logOf(
  executor: Executor,
  scope: Scope,
  { deletedGroupId }: WhichLog,
): Promise<{ log: Scope; deletedGroup?: { id: string; name: string } }> {
  if (!deletedGroupId) return { log: scope };
  const deletedGroup =
    scope.kind === "organization" && (await findDeleted(executor, scope.organizationId, deletedGroupId));
  if (!deletedGroup) throw notFound("This group");
  return { log: groupScope(deletedGroup.id), deletedGroup };
}

async function findDeleted(executor: Executor, organizationId: string, groupId: string) {
  const isDeletion = and(
    eq(auditEvents.ownerId, organizationId),
    eq(auditEvents.subjectId, givenId(groupId)),
    eq(auditEvents.action, "group.deleted"),
  );
  const living = executor.select({ one: sql`1` }).from(groups).where(eq(groups.id, auditEvents.subjectId));
  const [deleted] = await executor
    .select({ id: auditEvents.subjectId, name: auditEvents.subjectName })
    .from(auditEvents)
    .where(and(isDeletion, notExists(living)))
    .limit(1);
  return deleted;
}
