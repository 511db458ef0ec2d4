import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { invitations, memberships, users } from "@/db/schema";
import { isOpen } from "@/lib/invitations/invitation";
import { type LaterEvent, type Left, lastByKey, ownerIdOf, ranks } from "./later-event";

const withMembers = ["member.added", "member.role_changed", "member.removed"];

/** People who have a role again that they lost since, or a higher one, or an invitation by which they get it. */
export async function membersLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const last = lastByKey(events, (event) => {
    if (withMembers.includes(event.action)) return `${ownerIdOf(event)} ${event.subjectId}`;
    const joined = event.action === "invitation.accepted" && event.detail.role;
    return joined ? `${ownerIdOf(event)} ${event.actorId}` : undefined;
  });
  const left: Left[] = [];
  for (const [key, event] of last) {
    const [, userId = ""] = key.split(" ");
    const found = await db
      .select({ role: memberships.role, name: users.name })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(
        and(
          eq(memberships.userId, userId),
          sql`coalesce(${memberships.groupId}, ${memberships.organizationId}) = ${ownerIdOf(event)}`,
        ),
      );
    for (const { role, name } of found) {
      const person = `the member “${name}” (${userId}), who is ${role} again`;
      const page = event.groupId ? "" : "/members";
      if (event.action === "member.removed") {
        left.push({ rank: ranks.member, what: `Remove ${person}`, event, page });
      } else if (isLower(event, role)) {
        left.push({ rank: ranks.member, what: `Change the role of ${person}, to ${event.detail.role}`, event, page });
      }
    }
  }
  return [...left, ...(await acceptedLeft(events, last))];
}

function isLower({ detail }: LaterEvent, role: string): boolean {
  return role.endsWith("_admin") && Boolean(detail.role?.endsWith("_user"));
}

/** Invitations that are open again, by which somebody would have a role again that they lost after they accepted. */
async function acceptedLeft(events: readonly LaterEvent[], last: ReadonlyMap<string, LaterEvent>): Promise<Left[]> {
  const left: Left[] = [];
  for (const accepted of events.filter(({ action }) => action === "invitation.accepted")) {
    const event = last.get(`${ownerIdOf(accepted)} ${accepted.actorId}`);
    if (!event || event.action === "invitation.accepted") continue;
    const [open] = await db
      .select({ role: invitations.role })
      .from(invitations)
      .where(and(eq(invitations.id, accepted.subjectId), isOpen));
    if (!open || !(event.action === "member.removed" || isLower(event, open.role))) continue;
    const what = `Withdraw the invitation of ${accepted.subjectName} (${accepted.subjectId}), which is open again with the role ${open.role}`;
    left.push({ rank: ranks.member, what, event, page: "/members" });
  }
  return left;
}
