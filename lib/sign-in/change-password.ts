import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { recordAccountEvent } from "@/lib/audit/account-event";
import { recordFailedSignIn } from "@/lib/audit/failed-sign-in";
import type { Person } from "@/lib/auth/actor";
import { DomainError, invalid } from "@/lib/errors";
import { requestContext } from "@/lib/request-context";
import { newDeviceCookie } from "./device-cookie";
import { requireLocalPasswords } from "./local-passwords";
import { deleteOtherSessions } from "./own-sessions";
import { hashPassword, newPassword, verifyPassword } from "./password";
import { insertSession } from "./session-rows";
import { createThrottle } from "./throttle";

const throttled = createThrottle();

export const changePasswordInput = z.strictObject({
  currentPassword: z
    .string({ error: "Enter your current password." })
    .min(1, "Enter your current password.")
    .max(1000, "This password is too long."),
  newPassword,
});

type Input = z.output<typeof changePasswordInput>;
type Account = { email: string; passwordHash: string };
/** The new tokens for this browser, and the number of other sessions that ended. */
export type ChangedPassword = { session: string; device: string; endedSessions: number };

/**
 * Replaces the actor's password and ends all of their other sessions. Throws `invalid` on the wrong field,
 * `rate_limited` after too many wrong passwords across all of the person's sessions, `conflict` if the account has no
 * password, and `forbidden` if local passwords are turned off.
 */
export async function changePassword(actor: Person, input: Input, currentToken: string): Promise<ChangedPassword> {
  requireLocalPasswords();
  const account = await accountOf(actor);
  await requirePassword(actor, account, input.currentPassword);
  if (input.newPassword === input.currentPassword) {
    throw invalid("newPassword", "This is the password that you have. Choose another one.");
  }
  const changed = { userId: actor.userId, passwordHash: await hashPassword(input.newPassword) };
  return db.transaction(async (tx) => {
    const stillTheSame = and(eq(users.id, actor.userId), eq(users.passwordHash, account.passwordHash));
    const { rowCount } = await tx.update(users).set({ passwordHash: changed.passwordHash }).where(stillTheSame);
    if (rowCount !== 1) throw new DomainError("conflict", "Your password was changed or removed in the meantime.");
    const endedSessions = await deleteOtherSessions(tx, actor.userId, currentToken);
    const session = await insertSession(tx, { userId: actor.userId, method: "password" }, currentToken);
    const detail = { ended_sessions: String(endedSessions) };
    await recordAccountEvent(tx, actor, { action: "account.password_changed", detail });
    return { session, device: newDeviceCookie(changed), endedSessions };
  });
}

async function accountOf({ userId }: Person): Promise<Account> {
  const columns = { email: users.email, passwordHash: users.passwordHash };
  const [found] = await db
    .select(columns)
    .from(users)
    .where(and(eq(users.id, userId), eq(users.kind, "person")));
  if (found?.email && found.passwordHash) return { email: found.email, passwordHash: found.passwordHash };
  throw new DomainError("conflict", "Your account has no password here: you sign in with your organization.");
}

/** Counts failures as one device: neither other people's guesses nor a new session affect the count. */
async function requirePassword(actor: Person, account: Account, password: string): Promise<void> {
  const visitor = { email: account.email, address: requestContext()?.address ?? null, device: "change" };
  const verified = await throttled(visitor, async () =>
    (await verifyPassword(account, password)) ? actor : undefined,
  );
  if (verified) return;
  recordFailedSignIn(account.email, { method: "password", reason: "change of the password" });
  throw invalid("currentPassword", "This is not your current password.");
}
