import { and, eq, isNotNull, isNull, type SQL } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { memberships, notificationSettings, users } from "@/db/schema";
import type { Owner } from "@/lib/audit/record";

/** Whether the admins of this group or organization get e-mails. */
export async function sendsEmailTo(executor: Executor, ownerId: string): Promise<boolean> {
  const [row] = await executor
    .select({ emailToAdmins: notificationSettings.emailToAdmins })
    .from(notificationSettings)
    .where(eq(notificationSettings.ownerId, ownerId));
  return row?.emailToAdmins ?? true;
}

/** The people who are admins of the group or, without one, of the organization now; `which` narrows them down. */
export function selectAdmins(executor: Executor, { organizationId, groupId }: Owner, which?: SQL) {
  const ofOwner = groupId
    ? and(eq(memberships.groupId, groupId), eq(memberships.role, "group_admin"))
    : and(isNull(memberships.groupId), eq(memberships.role, "organization_admin"));
  return executor
    .select({ userId: users.id, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, organizationId),
        eq(memberships.kind, "person"),
        isNotNull(users.email),
        ofOwner,
        which,
      ),
    );
}
