import { and, eq, isNotNull } from "drizzle-orm";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { recordFailedSignIn } from "@/lib/audit/failed-sign-in";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { requestContext } from "@/lib/request-context";
import type { Person } from "./actor";
import { verifyPassword } from "./password";
import { createSessionByPassword } from "./sessions";
import { createThrottle } from "./throttle";

const throttled = createThrottle();

/**
 * The person with this e-mail and password, and the token of a session begun for them, in place of the one that the
 * browser had. Throws `unauthenticated`, the same for an unknown e-mail and a wrong password, and `rate_limited` after
 * too many failures, without looking at the password.
 */
export async function signInWithPassword(
  givenEmail: string,
  password: string,
  replacedToken?: string,
): Promise<{ person: Person; session: string }> {
  const email = givenEmail.trim().toLowerCase();
  const address = requestContext()?.address ?? null;
  const account = await throttled({ email, address }, () => findAccount(email, password));
  const session = account && (await createSessionByPassword(account, replacedToken));
  log.info({ userId: account?.userId, address, method: "password" }, session ? "signed in" : "sign-in refused");
  if (session) return { person: { kind: "person", userId: account.userId, name: account.name }, session };
  recordFailedSignIn(email, { method: "password" });
  const message = "The e-mail address or the password is wrong.";
  throw new DomainError("unauthenticated", message, { errors: [{ field: "password", message }] });
}

/** True where at least one person has a password: without one, people sign in with the identity provider alone. */
export async function isLocalSignInEnabled(): Promise<boolean> {
  // By the index on e-mail addresses, past a million technical users who have none.
  const hasPassword = and(isNotNull(users.email), isNotNull(users.passwordHash));
  const found = await db.select({ id: users.id }).from(users).where(hasPassword).limit(1);
  return found.length > 0;
}

type Account = { userId: string; name: string; passwordHash: string };

async function findAccount(email: string, password: string): Promise<Account | undefined> {
  const [account] = await db
    .select({ userId: users.id, name: users.name, passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(users.email, email), eq(users.kind, "person")));
  const matches = await verifyPassword(account, password);
  return account?.passwordHash && matches ? { ...account, passwordHash: account.passwordHash } : undefined;
}
