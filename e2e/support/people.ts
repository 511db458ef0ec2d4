import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { memberships } from "@/db/schema";

/** Takes the group admin role from the person without the page. */
export async function demote(userId: string, groupId: string): Promise<void> {
  await db
    .update(memberships)
    .set({ role: "group_user" })
    .where(and(eq(memberships.userId, userId), eq(memberships.groupId, groupId)));
}
