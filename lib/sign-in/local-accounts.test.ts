import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships, sessions, users } from "@/db/schema";
import { withRequestContext } from "@/lib/request-context";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { from, newAddress, refusalsIn } from "@/testing/refusals";
import { createPerson, createTenant } from "@/testing/tenant";
import { isLocalSignInEnabled, signInWithPassword } from "./local-accounts";
import { hashPassword } from "./password";
import { createSessionByProvider, findSession, signOut } from "./sessions";
import { unlockPerson } from "./unlock";

// A hundred wrong passwords are a hundred slow hashes.
vi.setConfig({ testTimeout: 60_000 });

const password = "correct horse battery staple";
const refused = {
  code: "unauthenticated",
  message: "The e-mail address or the password is wrong.",
  errors: [{ field: "password", message: "The e-mail address or the password is wrong." }],
};

let person: Awaited<ReturnType<typeof createPerson>>;

beforeEach(async () => {
  await db.update(users).set({ passwordHash: null });
  const tenant = await createTenant();
  person = await createPerson(tenant.organization.id, "organization_user");
});

const setPassword = async () =>
  db
    .update(users)
    .set({ passwordHash: await hashPassword(password) })
    .where(eq(users.id, person.userId));

function signInWith(device: string | undefined, email: string, given = password, address = newAddress()) {
  const context = { requestId: "", channel: "page", address } as const;
  return withRequestContext(context, () => signInWithPassword(email, given, { device }));
}

async function signIn(email: string, given = password, address = "192.0.2.1") {
  return (await signInWith(undefined, email, given, address)).person;
}

/** Fails often enough to lock the person's sign-in in every browser that is not known. */
async function lock(email: string): Promise<void> {
  for (let guess = 0; guess < 105; guess++) {
    await refusal(signInWith(undefined, email, "wrong", `2001:db8:${Math.floor(guess / 5)}:1::1`));
  }
  expect(await refusal(signInWith(undefined, email))).toMatchObject({ code: "rate_limited" });
}

test("the right password signs in, in whatever case and spacing the e-mail address is typed", async () => {
  await setPassword();
  const { email, ...expected } = person;
  expect(await signIn(email)).toEqual(expected);
  expect(await signIn(`  ${email.toUpperCase()} `)).toEqual(expected);
});

test("a wrong password, an unknown e-mail address and an account without a password get the same refusal", async () => {
  const unknown = `${newId("usr")}@example.com`;
  expect(await refusal(signIn(unknown))).toEqual(refused);
  expect(await refusal(signIn(person.email))).toEqual(refused);
  await setPassword();
  expect(await refusal(signIn(person.email, `${password} `))).toEqual(refused);
  expect(await refusal(signIn(person.email, ""))).toEqual(refused);
});

test("the sixth attempt is rate-limited even with the right password, for known and unknown e-mail addresses", async () => {
  await setPassword();
  for (const email of [person.email, `${newId("usr")}@example.com`]) {
    for (let time = 0; time < 5; time++) expect(await refusal(signIn(email, "wrong"))).toEqual(refused);
    const waits = await refusal(signIn(email.toUpperCase()));
    expect(waits).toMatchObject({ code: "rate_limited", errors: [] });
    expect(waits.message).toMatch(/^Too many attempts\. Try again in 5 minutes\.$/);
  }
  expect(await signIn(person.email, password, "192.0.2.2")).toMatchObject({ userId: person.userId });
});

test("local sign-in is offered if at least one person has a password", async () => {
  expect(await isLocalSignInEnabled()).toBe(false);
  await setPassword();
  expect(await isLocalSignInEnabled()).toBe(true);
});

describe("a browser in which the person has signed in", () => {
  test("is not locked by other people's guesses, while unknown browsers are locked until the unlock", async () => {
    await setPassword();
    const { device } = await signInWith(undefined, person.email);
    await lock(person.email);
    const again = await signInWith(device, person.email);
    expect(again.person.userId).toBe(person.userId);
    expect(again.device).not.toBe(device);
    // 21 networks, the refused browser, and the e-mail address.
    expect(await unlockPerson(` ${person.email.toUpperCase()}`)).toBe(23);
    expect((await signInWith(undefined, person.email)).person.userId).toBe(person.userId);
    expect(await unlockPerson(person.email)).toBe(0);
    expect(await unlockPerson("nobody@example.com")).toBeUndefined();
  });

  test("has its own small limit, whatever the address", async () => {
    await setPassword();
    const { device } = await signInWith(undefined, person.email);
    for (let time = 0; time < 10; time++)
      expect(await refusal(signInWith(device, person.email, "no"))).toEqual(refused);
    expect(await refusal(signInWith(device, person.email))).toMatchObject({ code: "rate_limited" });
    expect((await signInWith(undefined, person.email)).person.userId).toBe(person.userId);
    await unlockPerson(person.email);
    expect((await signInWith(device, person.email)).person.userId).toBe(person.userId);
  });

  test("is not known to another person, with another password, after tampering, or without our key", async () => {
    await setPassword();
    const { device } = await signInWith(undefined, person.email);
    const other = await createPerson((await createTenant()).organization.id, "organization_user");
    const [id = "", ends = "", nonce = "", mac = ""] = device.split(".");
    const forged = [
      "",
      "x".repeat(5000),
      [other.userId, ends, nonce, mac].join("."),
      [id, Number(ends) + 1, nonce, mac].join("."),
      [id, ends, "A".repeat(22), mac].join("."),
      [id, ends, nonce, "A".repeat(43)].join("."),
      `${device}x`,
    ];
    await lock(person.email);
    for (const cookie of forged) {
      expect(await refusal(signInWith(cookie, person.email))).toMatchObject({ code: "rate_limited" });
    }
    await setPassword();
    expect(await refusal(signInWith(device, person.email))).toMatchObject({ code: "rate_limited" });
  });

  test("has a cookie without the e-mail address", async () => {
    await setPassword();
    expect((await signInWith(undefined, person.email)).device).not.toContain("@");
  });
});

describe("the audit log", () => {
  const organizationsOf = async () => {
    const rows = await db.select().from(memberships).where(eq(memberships.userId, person.userId));
    return rows.map(({ organizationId }) => organizationId);
  };

  test("of each of the person's organizations records sign-in and sign-out", async () => {
    await setPassword();
    const second = (await createTenant()).organization.id;
    const member = {
      organizationId: second,
      userId: person.userId,
      kind: "person",
      role: "organization_user",
    } as const;
    await db.insert(memberships).values(member);
    const { session } = await signInWith(undefined, person.email, password, "192.0.2.77");
    await from(() => signOut(session), "192.0.2.77");
    await from(() => signOut(session), "192.0.2.77");
    expect(await organizationsOf()).toHaveLength(2);
    const { userId: actorId, userId: subjectId } = person;
    const common = { actorId, actorKind: "person", subjectId, groupId: null, channel: "page", address: "192.0.2.77" };
    for (const id of await organizationsOf()) {
      expect(await refusalsIn(id, "sign_in.succeeded")).toMatchObject([{ ...common, detail: { method: "password" } }]);
      expect(await refusalsIn(id, "sign_in.signed_out")).toMatchObject([{ ...common, detail: {} }]);
    }
  });

  test("is required: without the event nobody is signed in or out", async () => {
    await setPassword();
    const { session } = await signInWith(undefined, person.email);
    await withBrokenAuditLog(async () => {
      await expect(signInWith(undefined, person.email)).rejects.toThrow();
      await expect(signOut(session)).rejects.toThrow();
    });
    expect(await findSession(session)).toBeDefined();
    expect(await db.$count(sessions, eq(sessions.userId, person.userId))).toBe(1);
  });

  test("is not filled by a script that keeps signing in", async () => {
    for (let time = 0; time < 62; time++) await createSessionByProvider(person.userId);
    const [id = ""] = await organizationsOf();
    const events = await refusalsIn(id, "sign_in.succeeded");
    expect(events).toHaveLength(60);
    expect(events[58]?.detail).toEqual({ method: "identity provider" });
    expect(events[59]?.detail).toEqual({
      method: "identity provider",
      further_not_recorded_until: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe("with local passwords turned off", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test("nobody can sign in with, choose or change one, and sessions begun with one are invalid", async () => {
    await setPassword();
    const { session } = await signInWith(undefined, person.email);
    const byProvider = await createSessionByProvider(person.userId);
    vi.stubEnv("LOCAL_PASSWORDS", "off");
    vi.resetModules();
    const off = {
      ...(await import("./local-accounts")),
      ...(await import("./sessions")),
      ...(await import("./change-password")),
      ...(await import("./own-sessions")),
      ...(await import("./account")),
      ...(await import("@/lib/invitations/password-need")),
    };
    const turnedOff = { code: "forbidden", message: expect.stringContaining("turned off") };
    await expect(off.signInWithPassword(person.email, password)).rejects.toMatchObject(turnedOff);
    const change = { currentPassword: password, newPassword: "another one that is long" };
    await expect(off.changePassword(person, change, byProvider)).rejects.toMatchObject(turnedOff);
    expect(await off.isLocalSignInEnabled()).toBe(false);
    expect(off.passwordNeed()).toBe("none");
    expect(await off.getAccount(person)).toMatchObject({ hasPassword: false });
    expect(await off.findSession(session)).toBeUndefined();
    expect(await off.findSession(byProvider)).toEqual(person);
    expect(await off.listSessions(person, byProvider)).toMatchObject([{ isCurrent: true }]);
    expect(await findSession(session)).toEqual(person);
  });
});
