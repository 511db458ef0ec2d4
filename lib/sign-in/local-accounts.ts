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

/** The session and device tokens that the browser sends, if it has them. */
type Browser = { session?: string; device?: string };
/** The tokens of the new session and of the browser as a known device; they replace the browser's own. */
type SignedIn = { person: Person; session: string; device: string };

/**
 * Signs a person in by e-mail and password. Throws `unauthenticated`, the same for an unknown e-mail and a wrong
 * password, `rate_limited` after too many failures, without checking the password, and `forbidden` if local passwords
 * are turned off.
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

/** True if at least one person has a password; otherwise people sign in only with the identity provider. */
export async function isLocalSignInEnabled(): Promise<boolean> {
  if (!areLocalPasswordsOn()) return false;
  // The index on e-mail addresses skips the technical users, which have none and may be a million.
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
