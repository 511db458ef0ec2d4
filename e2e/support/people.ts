import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import type { GroupRole } from "@/db/enums";
import { memberships } from "@/db/schema";

/** Takes the group admin role from the person without the page. */
export async function demote(userId: string, groupId: string): Promise<void> {
  await giveRole(userId, groupId, "group_user");
}

/** Gives the person another role in the group without the page. */
export async function giveRole(userId: string, groupId: string, role: GroupRole): Promise<void> {
  await db
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.userId, userId), eq(memberships.groupId, groupId)));
}
