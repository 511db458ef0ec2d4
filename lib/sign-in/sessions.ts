import { and, eq, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { prepared } from "@/db/prepared";
import { sessions, users } from "@/db/schema";
import { recordAccountEvent, sessionEvent } from "@/lib/audit/account-event";
import type { Person } from "@/lib/auth/actor";
import { withReservedConnections } from "@/lib/database-deadline";
import { unauthenticated } from "@/lib/errors";
import { areLocalPasswordsOn } from "./local-passwords";
import {
  hashOf,
  hasToken,
  idleLifetime,
  insertSession,
  isLive,
  type SessionOwner,
  secondsFromNow,
} from "./session-rows";

export type SignedInPerson = Person & { email: string };

/** Seconds after which a session ends, even in use. */
export const sessionLifetime = 12 * 60 * 60;
/** Seconds; a session in use is written at most this often. */
const renewalInterval = 10 * 60;

/** Creates a session without an audit event, for tests and measurements. Returns its token. */
export function createSession(userId: string, replacedToken?: string): Promise<string> {
  return db.transaction((tx) => insertSession(tx, { userId, method: "identity_provider" }, replacedToken));
}

/** Begins a session after a sign-in with the identity provider, replacing the browser's own. Returns its token. */
export async function createSessionByProvider(userId: string, replacedToken?: string): Promise<string> {
  const token = await begin({ userId, method: "identity_provider" }, undefined, replacedToken);
  if (!token) throw unauthenticated();
  return token;
}

/**
 * The same after a sign-in by password. Undefined if the verified password is no longer the account's: a first sign-in
 * with the identity provider may have removed it, and all sessions, meanwhile.
 */
export function createSessionByPassword(
  { userId, passwordHash }: { userId: string; passwordHash: string },
  replacedToken?: string,
): Promise<string | undefined> {
  return begin({ userId, method: "password" }, eq(users.passwordHash, passwordHash), replacedToken);
}

/** Undefined if the person or the verified password is gone. */
async function begin(
  owner: SessionOwner,
  proven: SQL | undefined,
  replacedToken?: string,
): Promise<string | undefined> {
  const { userId, method } = owner;
  const event = await sessionEvent(userId, "sign_in.succeeded", { method: method.replace("_", " ") });
  return db.transaction(async (tx) => {
    const [account] = await tx
      .select({ name: users.name })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.kind, "person"), proven))
      // A transaction that removes the password waits for this lock, and then sees this session.
      .for("share");
    if (!account) return undefined;
    const token = await insertSession(tx, owner, replacedToken);
    await recordAccountEvent(tx, { kind: "person", userId, name: account.name }, event);
    return token;
  });
}

/** The person whose live session this is; never a technical user. Each use keeps the session alive. */
export async function findSession(token: string): Promise<SignedInPerson | undefined> {
  const query = prepared(db, `session_${areLocalPasswordsOn() ? "of_any_kind" : "of_provider"}`, selectLive);
  const [found] = await withReservedConnections(() => query.execute({ tokenHash: hashOf(token) }));
  if (!found) return undefined;
  if (found.isDue) await renew(token);
  return { kind: "person", userId: found.userId, name: found.name, email: found.email ?? "" };
}

function selectLive() {
  return db
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      isDue: sql<boolean>`${sessions.lastSeenAt} < ${secondsFromNow(-renewalInterval)}
        or ${sessions.expiresAt} < least(${secondsFromNow(idleLifetime - renewalInterval)}, ${end})`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(hasToken(sql.placeholder("tokenHash")), isLive(), eq(users.kind, "person")));
}

async function renew(token: string): Promise<void> {
  const expiresAt = sql`least(${secondsFromNow(idleLifetime)}, ${end})`;
  await db
    .update(sessions)
    .set({ expiresAt, lastSeenAt: sql`now()` })
    .where(and(hasToken(token), isLive()));
}

const end = sql`${sessions.createdAt} + make_interval(secs => ${sessionLifetime})`;

/** Ends the session for the next request on every instance. Records an event if the session was live. */
export async function signOut(token: string): Promise<void> {
  const person = await findSession(token);
  const event = person && (await sessionEvent(person.userId, "sign_in.signed_out", {}));
  await db.transaction(async (tx) => {
    const ended = await tx.delete(sessions).where(hasToken(token)).returning({ id: sessions.id });
    if (person && ended.length > 0) await recordAccountEvent(tx, person, event);
  });
}
