import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { outcomes, refusal } from "@/testing/refusal";
import { from, refusalsIn } from "@/testing/refusals";
import { createPerson, createTenant } from "@/testing/tenant";
import { changePassword, changePasswordInput } from "./change-password";
import { signInWithPassword } from "./local-accounts";
import { hashPassword, verifyPassword } from "./password";
import { createSession, findSession } from "./sessions";

const currentPassword = "correct horse battery staple";
const newPassword = "another one of at least twelve";
const input = { currentPassword, newPassword };

let organizationId: string;
let person: Awaited<ReturnType<typeof createPerson>>;
let session: string;

beforeEach(async () => {
  organizationId = (await createTenant()).organization.id;
  person = await createPerson(organizationId, "organization_user");
  await db
    .update(users)
    .set({ passwordHash: await hashPassword(currentPassword) })
    .where(eq(users.id, person.userId));
  session = await createSession(person.userId);
});

async function isPassword(password: string): Promise<boolean> {
  const [account] = await db.select().from(users).where(eq(users.id, person.userId));
  return verifyPassword(account, password);
}

test("a change replaces the password, ends all other sessions, and gives this one a new token", async () => {
  const elsewhere = [await createSession(person.userId), await createSession(person.userId)];
  const strangers = await createSession((await createPerson(organizationId, "organization_user")).userId);
  const changed = await from(() => changePassword(person, input, session));
  expect(changed.endedSessions).toBe(2);
  for (const ended of [session, ...elsewhere]) expect(await findSession(ended)).toBeUndefined();
  expect(await findSession(changed.session)).toEqual(person);
  expect(await findSession(strangers)).toBeDefined();
  expect([await isPassword(currentPassword), await isPassword(newPassword)]).toEqual([false, true]);
  const events = await refusalsIn(organizationId, "account.password_changed");
  expect(events).toMatchObject([
    { actorId: person.userId, subjectId: person.userId, channel: "page", detail: { ended_sessions: "2" } },
  ]);
});

test("a change makes browsers known by the old password unknown, and this one known by the new password", async () => {
  const { device } = await from(() => signInWithPassword(person.email, currentPassword));
  const changed = await from(() => changePassword(person, input, session));
  for (let time = 0; time < 5; time++) {
    await refusal(from(() => signInWithPassword(person.email, "wrong"), "192.0.2.1"));
  }
  const signIn = (cookie: string) =>
    from(() => signInWithPassword(person.email, newPassword, { device: cookie }), "192.0.2.1");
  expect(await refusal(signIn(device))).toMatchObject({ code: "rate_limited" });
  expect((await signIn(changed.device)).person.userId).toBe(person.userId);
});

test.each([
  ["currentPassword", "not my password", newPassword, "This is not your current password."],
  ["newPassword", currentPassword, currentPassword, "This is the password that you have. Choose another one."],
])("a wrong %s is refused, and nothing changes", async (field, current, next, message) => {
  const elsewhere = await createSession(person.userId);
  const given = { currentPassword: current, newPassword: next };
  const refused = await refusal(from(() => changePassword(person, given, session)));
  expect(refused).toEqual({ code: "invalid", message, errors: [{ field, message }] });
  expect(await isPassword(currentPassword)).toBe(true);
  expect(await findSession(elsewhere)).toBeDefined();
});

test("a new password follows the rules for every password", () => {
  const given = changePasswordInput.safeParse({ currentPassword, newPassword: "too short" });
  expect(given.error?.issues).toMatchObject([{ path: ["newPassword"], message: "Use at least 12 characters." }]);
  expect(changePasswordInput.safeParse({ currentPassword: null, newPassword: null }).success).toBe(false);
});

test("a session can neither guess the password without limit nor lock the person's sign-in", async () => {
  const guess = () => from(() => changePassword(person, { ...input, currentPassword: "a guess" }, session));
  expect(await outcomes(Array.from({ length: 15 }, guess))).toEqual({ invalid: 10, rate_limited: 5 });
  const next = await createSession(person.userId);
  expect(await refusal(from(() => changePassword(person, input, next)))).toMatchObject({ code: "rate_limited" });
  expect((await from(() => signInWithPassword(person.email, currentPassword))).person.userId).toBe(person.userId);
  await vi.waitFor(async () => {
    const [event] = await refusalsIn(organizationId, "sign_in.failed");
    expect(event?.detail).toEqual({ method: "password", reason: "change of the password" });
  });
});

test("one of two concurrent changes succeeds", async () => {
  const both = ["one of at least twelve", "two of at least twelve"].map((next) =>
    from(() => changePassword(person, { currentPassword, newPassword: next }, session)),
  );
  expect(await outcomes(both)).toEqual({ done: 1, conflict: 1 });
});

test("a person without a password can't change it", async () => {
  await db.update(users).set({ passwordHash: null }).where(eq(users.id, person.userId));
  expect(await refusal(changePassword(person, input, session))).toMatchObject({ code: "conflict" });
});

test("a change that can't be recorded does not happen", async () => {
  const elsewhere = await createSession(person.userId);
  await withBrokenAuditLog(async () => {
    await expect(from(() => changePassword(person, input, session))).rejects.toThrow();
  });
  expect(await isPassword(currentPassword)).toBe(true);
  expect(await findSession(elsewhere)).toBeDefined();
});
