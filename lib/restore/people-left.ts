import { and, count, eq, gt, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents, memberships, sessions, users } from "@/db/schema";
import { type LaterEvent, type Left, lastByKey, ownerIdOf, ranks } from "./later-event";

const withMembers = ["member.added", "member.role_changed", "member.removed"];

/** People who have a role again that they lost since, or a higher one. */
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
      } else if (role.endsWith("_admin") && event.detail.role?.endsWith("_user")) {
        left.push({ rank: ranks.member, what: `Change the role of ${person}, to ${event.detail.role}`, event, page });
      }
    }
  }
  return left;
}

/** People whose earlier password or sessions are good again. */
export async function sessionsLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const passwords = lastByKey(events, (event) =>
    event.action === "account.password_changed" ? event.actorId : undefined,
  );
  const signedOut = lastByKey(events, (event) => {
    const endsOthers = event.action === "sign_in.signed_out" && event.detail.other_sessions;
    return endsOthers || event.action === "account.password_changed" ? event.actorId : undefined;
  });
  const left: Left[] = [];
  for (const [userId, event] of passwords) {
    if (await hasOldPassword(userId, event)) {
      const what = `Ask “${event.actorName}” (${userId}), whose earlier password is good again, to change it`;
      left.push({ rank: ranks.password, what, event, page: "/members" });
    }
  }
  for (const [userId, event] of signedOut) {
    if ((await countSessionsBefore(userId, event.occurredAt)) < 2) continue;
    const what = `Ask “${event.actorName}” (${userId}), whose earlier sessions are good again, to sign out everywhere else`;
    left.push({ rank: ranks.password, what, event, page: "/members" });
  }
  return left;
}

async function hasOldPassword(userId: string, { occurredAt }: LaterEvent): Promise<boolean> {
  const withPassword = and(eq(users.id, userId), isNotNull(users.passwordHash));
  if ((await db.$count(users, withPassword)) === 0) return false;
  const again = and(
    eq(auditEvents.actorId, userId),
    eq(auditEvents.action, "account.password_changed"),
    gt(auditEvents.occurredAt, occurredAt),
  );
  return (await db.$count(auditEvents, again)) === 0;
}

async function countSessionsBefore(userId: string, instant: Date): Promise<number> {
  const [found] = await db
    .select({ sessions: count() })
    .from(sessions)
    .where(
      and(inArray(sessions.userId, [userId]), lt(sessions.createdAt, instant), gt(sessions.expiresAt, sql`now()`)),
    );
  return found?.sessions ?? 0;
}
