import { and, eq, isNotNull } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { recordFailedSignIn } from "@/lib/audit/failed-sign-in";
import type { Person } from "@/lib/auth/actor";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { requestContext } from "@/lib/request-context";
import { deviceOf, isDeviceCookie, newDeviceCookie } from "./device-cookie";
import { areLocalPasswordsOn, requireLocalPasswords } from "./local-passwords";
import { verifyPassword } from "./password";
import { createSessionByPassword } from "./sessions";
import { createThrottle } from "./throttle";

const throttled = createThrottle();

/** What the browser brings: the tokens of the session and of the device that it has, where it has them. */
type Browser = { session?: string; device?: string };
/** The token of the session begun, in place of the browser's, and what makes the browser known from now on. */
type SignedIn = { person: Person; session: string; device: string };

/**
 * Signs a person in by e-mail and password. Throws `unauthenticated`, the same for an unknown e-mail and a wrong
 * password, `rate_limited` after too many failures, without looking at the password, and `forbidden` where local
 * passwords are turned off.
 */
export async function signInWithPassword(
  givenEmail: string,
  password: string,
  browser: Browser = {},
): Promise<SignedIn> {
  requireLocalPasswords();
  const email = givenEmail.trim().toLowerCase();
  const address = requestContext()?.address ?? null;
  const device = await knownDevice(email, browser.device);
  const account = await throttled({ email, address, device }, () => findVerified(email, password));
  const session = account && (await createSessionByPassword(account, browser.session));
  log.info({ userId: account?.userId, address, method: "password" }, session ? "signed in" : "sign-in refused");
  if (session) {
    const person = { kind: "person", userId: account.userId, name: account.name } as const;
    return { person, session, device: newDeviceCookie(account) };
  }
  recordFailedSignIn(email, { method: "password" });
  const message = "The e-mail address or the password is wrong.";
  throw new DomainError("unauthenticated", message, { errors: [{ field: "password", message }] });
}

/** True where at least one person has a password: without one, people sign in with the identity provider alone. */
export async function isLocalSignInEnabled(): Promise<boolean> {
  if (!areLocalPasswordsOn()) return false;
  // By the index on e-mail addresses, past a million technical users who have none.
  const hasPassword = and(isNotNull(users.email), isNotNull(users.passwordHash));
  const found = await db.select({ id: users.id }).from(users).where(hasPassword).limit(1);
  return found.length > 0;
}

type Account = { userId: string; name: string; passwordHash: string };

async function findVerified(email: string, password: string): Promise<Account | undefined> {
  const account = await findAccount(email);
  return (await verifyPassword(account, password)) ? account : undefined;
}

async function knownDevice(email: string, cookie: string | undefined): Promise<string | undefined> {
  const account = isDeviceCookie(cookie) ? await findAccount(email) : undefined;
  return account && cookie ? deviceOf(cookie, account) : undefined;
}

/** Undefined also for an account without a password. */
async function findAccount(email: string): Promise<Account | undefined> {
  const [account] = await db
    .select({ userId: users.id, name: users.name, passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(users.email, email), eq(users.kind, "person")));
  return account?.passwordHash ? { ...account, passwordHash: account.passwordHash } : undefined;
}
