import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, lte, or, type Placeholder, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { prepared } from "@/db/prepared";
import { sessions, users } from "@/db/schema";
import type { Person } from "./actor";

export type SignedInPerson = Person & { email: string };

/** Seconds after which a session ends whatever is done in it. */
export const sessionLifetime = 12 * 60 * 60;
const idleLifetime = 2 * 60 * 60;
/** A session in use is written at most this often. */
const renewalInterval = 10 * 60;

/**
 * Makes a session and answers its token, which is stored only as a hash. Ends the one that the browser had before,
 * so that nobody who knew that one's token gains the new one's rights.
 */
export function createSession(userId: string, replacedToken?: string): Promise<string> {
  return db.transaction((tx) => insert(tx, userId, replacedToken));
}

/**
 * The same for who has proven a password, while it is still the account's. Undefined where it is not: since it was
 * verified, the account's first sign-in with the identity provider may have ended it, and all sessions with it.
 */
export function createSessionByPassword(
  { userId, passwordHash }: { userId: string; passwordHash: string },
  replacedToken?: string,
): Promise<string | undefined> {
  return db.transaction(async (tx) => {
    const [account] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.passwordHash, passwordHash)))
      // Who ends the password now waits, and then finds this session too.
      .for("share");
    return account && insert(tx, userId, replacedToken);
  });
}

async function insert(tx: Tx, userId: string, replacedToken: string | undefined): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const isReplaced = replacedToken ? eq(sessions.tokenHash, hashOf(replacedToken)) : undefined;
  await tx
    .delete(sessions)
    .where(or(and(eq(sessions.userId, userId), lte(sessions.expiresAt, sql`now()`)), isReplaced));
  await tx.insert(sessions).values({ tokenHash: hashOf(token), userId, expiresAt: secondsFromNow(idleLifetime) });
  return token;
}

/** The person whose live session the token opens; a technical user never has one. Being used keeps a session alive. */
export async function findSession(token: string): Promise<SignedInPerson | undefined> {
  const [found] = await prepared(db, "session", selectLive).execute({ tokenHash: hashOf(token) });
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
      isDue: sql<boolean>`${sessions.expiresAt} < least(${secondsFromNow(idleLifetime - renewalInterval)}, ${end})`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(isLive(sql.placeholder("tokenHash")), eq(users.kind, "person")));
}

/** From the next request on, on every instance, the token opens nothing. */
export async function deleteSession(token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, hashOf(token)));
}

async function renew(token: string): Promise<void> {
  const expiresAt = sql`least(${secondsFromNow(idleLifetime)}, ${end})`;
  await db
    .update(sessions)
    .set({ expiresAt })
    .where(isLive(hashOf(token)));
}

const end = sql`${sessions.createdAt} + make_interval(secs => ${sessionLifetime})`;

function secondsFromNow(seconds: number) {
  return sql`now() + make_interval(secs => ${seconds})`;
}

function isLive(tokenHash: Buffer | Placeholder) {
  return and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, sql`now()`));
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
