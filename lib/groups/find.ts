import { and, eq } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { givenId } from "@/db/ids";
import { groups } from "@/db/schema";
import type { Rights } from "@/lib/auth/authorize";
import { notFound } from "@/lib/errors";

export type FoundGroup = Awaited<ReturnType<typeof findGroup>>;

/** Finds a group of the organization. Throws `not_found`. */
export async function findGroup(executor: Executor, { organization }: Rights, groupId: string) {
  const [group] = await executor
    .select({ id: groups.id, organizationId: groups.organizationId, name: groups.name, nameKey: groups.nameKey })
    .from(groups)
    .where(and(eq(groups.id, givenId(groupId)), eq(groups.organizationId, organization.id)));
  if (!group) throw notFound("This group");
  return group;
}
