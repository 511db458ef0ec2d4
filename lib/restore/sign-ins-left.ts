import { and, eq, gt, isNotNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accounts, auditEvents, sessions, users } from "@/db/schema";
import { type LaterEvent, type Left, lastByKey, ranks } from "./later-event";

/** People whose earlier password or sessions are good again. */
export async function signInsLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const lastOf = (...actions: string[]) =>
    lastByKey(events, ({ action, actorId }) => (actions.includes(action) ? actorId : undefined));
  const left: Left[] = [];
  const ask = (event: LaterEvent, [whose, todo]: [string, string]) => {
    const what = `Ask “${event.actorName}” (${event.actorId}), whose ${whose} good again, to ${todo}`;
    left.push({ rank: ranks.password, what, event, page: "/members" });
  };
  for (const event of lastOf("account.linked").values()) {
    if (await isUnlinked(event)) {
      ask(event, ["earlier password or sessions are", "sign in with the identity provider, which ends these"]);
    }
  }
  for (const event of lastOf("account.password_changed").values()) {
    if (await hasOldPassword(event)) ask(event, ["earlier password is", "change it"]);
  }
  for (const event of lastOf("sign_in.signed_out", "account.password_changed").values()) {
    if (await hasOldSessions(event)) ask(event, ["ended sessions are", "sign out everywhere"]);
  }
  return left;
}

/** Linking ended the password and the sessions, which may be of somebody who never proved to own the address. */
async function isUnlinked(event: LaterEvent): Promise<boolean> {
  const { actorId, detail } = event;
  const linked = and(eq(accounts.userId, actorId), eq(accounts.issuer, detail.issuer ?? ""));
  if ((await db.$count(accounts, linked)) > 0) return false;
  return (await hasPassword(actorId)) || (await countSessionsBefore(event)) > 0;
}

async function hasOldPassword(event: LaterEvent): Promise<boolean> {
  return (await hasPassword(event.actorId)) && !(await isInRestoredLog(event, changedPassword));
}

async function hasPassword(userId: string): Promise<boolean> {
  return (await db.$count(users, and(eq(users.id, userId), isNotNull(users.passwordHash)))) > 0;
}

/** Which of them was ended is not known. One of them may be the person's own, from which they end the others. */
async function hasOldSessions(event: LaterEvent): Promise<boolean> {
  if ((await countSessionsBefore(event)) === 0) return false;
  return !(await isInRestoredLog(event, or(changedPassword, endedOthers)));
}

const changedPassword = eq(auditEvents.action, "account.password_changed");
const endedOthers = and(
  eq(auditEvents.action, "sign_in.signed_out"),
  sql`${auditEvents.detail} ->> 'other_sessions' is not null`,
);

async function isInRestoredLog({ actorId, occurredAt }: LaterEvent, which: typeof endedOthers): Promise<boolean> {
  const again = and(eq(auditEvents.actorId, actorId), gt(auditEvents.occurredAt, occurredAt), which);
  return (await db.$count(auditEvents, again)) > 0;
}

function countSessionsBefore({ actorId, occurredAt }: LaterEvent): Promise<number> {
  return db.$count(
    sessions,
    and(eq(sessions.userId, actorId), lt(sessions.createdAt, occurredAt), gt(sessions.expiresAt, sql`now()`)),
  );
}
