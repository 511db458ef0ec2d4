import { eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { notificationSettings } from "@/db/schema";
import type { Owner } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";

/** Whether the admins of the group or organization get e-mails. Records nothing if nothing changes. */
export function setEmailToAdmins(actor: Actor, scope: Scope, emailToAdmins: boolean): Promise<void> {
  return mutate(actor, scope, "settings:manage", async (tx, { organization, group }) => {
    const current = await lockNotificationSettings(tx, {
      organizationId: organization.id,
      groupId: group?.id ?? null,
    });
    if (current.emailToAdmins === emailToAdmins) return { result: undefined };
    await tx
      .update(notificationSettings)
      .set({ emailToAdmins })
      .where(eq(notificationSettings.ownerId, current.ownerId));
    const detail = { email_to_admins: emailToAdmins ? "on" : "off" };
    const subject = group ?? organization;
    return { result: undefined, event: { action: "notifications.changed" as const, subject, detail } };
  });
}

/** The owner's row, made if missing, locked until the transaction ends. */
export async function lockNotificationSettings(tx: Tx, owner: Owner) {
  const [row] = await tx
    .insert(notificationSettings)
    .values({ ...owner, ownerId: owner.groupId ?? owner.organizationId })
    .onConflictDoUpdate({ target: notificationSettings.ownerId, set: { ownerId: sql`excluded.owner_id` } })
    .returning();
  if (!row) throw new Error("the notification settings were not inserted");
  return row;
}
