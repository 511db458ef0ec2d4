import { and, desc, eq, not, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { sessions } from "@/db/schema";
import { recordAccountEvent, sessionEvent } from "@/lib/audit/account-event";
import type { Person } from "@/lib/auth/actor";
import { hashOf, hasToken, isLive, mostSessions } from "./session-rows";

/** `lastSeenAt` is exact to ten minutes; `network` is null if the address was not known. */
export type OwnSession = {
  id: string;
  browser: string;
  network: string | null;
  beganAt: Date;
  lastSeenAt: Date;
  isCurrent: boolean;
};

/** The actor's live sessions: the token's first, then by latest use. */
export async function listSessions(actor: Person, currentToken: string): Promise<OwnSession[]> {
  const rows = await db
    .select({
      id: sessions.id,
      tokenHash: sessions.tokenHash,
      browser: sessions.browser,
      network: sessions.network,
      beganAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, actor.userId), isLive()))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.createdAt))
    .limit(mostSessions);
  const current = hashOf(currentToken);
  const all = rows.map(({ tokenHash, browser, ...row }) => ({
    ...row,
    browser: browser ?? "Unknown browser",
    isCurrent: tokenHash.equals(current),
  }));
  return all.sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
}

/** Ends all of the actor's sessions except the token's, at once and on every instance. Returns how many. */
export async function endOtherSessions(actor: Person, currentToken: string): Promise<number> {
  const others = and(eq(sessions.userId, actor.userId), not(hasToken(currentToken)), isLive());
  if ((await db.$count(sessions, others)) === 0) return 0;
  const event = await sessionEvent(actor.userId, "sign_in.signed_out", {});
  return db.transaction(async (tx) => {
    const ended = await deleteOtherSessions(tx, actor.userId, currentToken);
    const counted = event && { ...event, detail: { other_sessions: String(ended), ...event.detail } };
    if (ended > 0) await recordAccountEvent(tx, actor, counted);
    return ended;
  });
}

/** Returns how many live sessions it ended. */
export async function deleteOtherSessions(tx: Tx, userId: string, token: string): Promise<number> {
  const ended = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), not(hasToken(token))))
    .returning({ wasLive: sql<boolean>`${isLive()}` });
  return ended.filter(({ wasLive }) => wasLive).length;
}
