import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accounts, users } from "@/db/schema";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusalsIn } from "@/testing/refusals";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { findOrLinkPerson, findPersonByIdentity, type Identity, oneSpelling } from "./identity";
import { createSession, createSessionByPassword, findSession } from "./sessions";

const issuer = "https://login.example.com";
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
});

const newPerson = () => createPerson(tenant.organization.id, "organization_user");
const newSubject = () => newId("usr");

async function subjectsOf(userId: string): Promise<string[]> {
  const rows = await db.select().from(accounts).where(eq(accounts.userId, userId));
  return rows.map((row) => row.subject);
}

test.each<[string, Partial<Identity>]>([
  ["says that the e-mail address is verified", { emailVerified: true }],
  ["does not say whether it is verified", { emailVerified: undefined }],
])("an account is linked if the identity provider %s", async (_case, claims) => {
  const { email, ...person } = await newPerson();
  const identity = { issuer, subject: newSubject(), email, emailVerified: undefined, ...claims };
  expect(await findOrLinkPerson(identity)).toEqual(person);
  expect(await subjectsOf(person.userId)).toEqual([identity.subject]);
});

test("the e-mail address is compared in lower case", async () => {
  const { email, ...person } = await newPerson();
  const identity = { issuer, subject: newSubject(), email: email.toUpperCase(), emailVerified: true };
  expect(await findOrLinkPerson(identity)).toEqual(person);
});

test("a linked account is found with a changed, unverified or absent e-mail address", async () => {
  const { email, ...person } = await newPerson();
  const other = await newPerson();
  const subject = newSubject();
  await findOrLinkPerson({ issuer, subject, email, emailVerified: true });
  expect(await findOrLinkPerson({ issuer, subject, email: other.email, emailVerified: false })).toEqual(person);
  expect(await findOrLinkPerson({ issuer, subject, email: undefined, emailVerified: undefined })).toEqual(person);
  expect(await findPersonByIdentity(`${issuer}/`, subject)).toEqual(person);
  expect(await subjectsOf(other.userId)).toEqual([]);
});

test.each<[string, Partial<Identity>, string]>([
  ["unverified", { emailVerified: false }, "email_unverified"],
  ["absent", { email: undefined }, "email_missing"],
  ["empty", { email: "" }, "email_missing"],
  ["unknown", { email: "nobody@example.com" }, "email_unknown"],
  ["unknown and unverified", { email: "nobody@example.com", emailVerified: false }, "email_unverified"],
])("an account whose e-mail address is %s is refused", async (_case, claims, refusal) => {
  const person = await newPerson();
  const identity = { issuer, subject: newSubject(), email: person.email, emailVerified: true, ...claims };
  expect(await findOrLinkPerson(identity)).toBe(refusal);
  expect(await findPersonByIdentity(issuer, identity.subject)).toBeUndefined();
  expect(await subjectsOf(person.userId)).toEqual([]);
});

test("a person keeps the account that was linked first, and may link one of another issuer", async () => {
  const { email, ...person } = await newPerson();
  const first = { issuer, subject: newSubject(), email, emailVerified: true };
  await findOrLinkPerson(first);
  expect(await findOrLinkPerson({ ...first, subject: newSubject() })).toBe("linked_otherwise");
  expect(await subjectsOf(person.userId)).toEqual([first.subject]);
  expect(await findOrLinkPerson({ ...first, issuer: "https://other.example.com" })).toEqual(person);
});

describe("an earlier password and its sessions", () => {
  async function withPassword() {
    const person = await newPerson();
    await db.update(users).set({ passwordHash: "chosen by whoever" }).where(eq(users.id, person.userId));
    return { person, session: await createSession(person.userId) };
  }
  async function passwordOf(userId: string) {
    return (await db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId)))[0]?.hash;
  }

  test("end when an account is linked, for that person only", async () => {
    const [linked, other] = [await withPassword(), await withPassword()];
    const identity = { issuer, subject: newSubject(), email: linked.person.email, emailVerified: true };
    await findOrLinkPerson(identity);
    expect(await passwordOf(linked.person.userId)).toBeNull();
    expect(await findSession(linked.session)).toBeUndefined();
    expect(await passwordOf(other.person.userId)).not.toBeNull();
    expect(await findSession(other.session)).toEqual(other.person);
    const next = await createSession(linked.person.userId);
    await findOrLinkPerson(identity);
    expect(await findSession(next)).toEqual(linked.person);
  });

  test("end for a concurrent sign-in, whichever comes first", async () => {
    for (let time = 0; time < 20; time++) {
      const { person } = await withPassword();
      const account = { userId: person.userId, passwordHash: "chosen by whoever" };
      const identity = { issuer, subject: newSubject(), email: person.email, emailVerified: true };
      const [session] = await Promise.all([createSessionByPassword(account), findOrLinkPerson(identity)]);
      expect(session && (await findSession(session))).toBeUndefined();
      expect(await createSessionByPassword(account)).toBeUndefined();
    }
  });

  test("are recorded as ended in the log of each of the person's organizations", async () => {
    const { person } = await withPassword();
    await createSession(person.userId);
    const identity = { issuer, subject: newSubject(), email: person.email, emailVerified: true };
    await findOrLinkPerson(identity);
    await findOrLinkPerson(identity);
    const events = await refusalsIn(tenant.organization.id, "account.linked");
    expect(events.filter(({ subjectId }) => subjectId === person.userId)).toMatchObject([
      { actorId: person.userId, detail: { issuer: `${issuer}/`, password: "ended", ended_sessions: "2" } },
    ]);
  });

  test("stay, with nothing linked, if that can't be recorded", async () => {
    const { person, session } = await withPassword();
    const identity = { issuer, subject: newSubject(), email: person.email, emailVerified: true };
    await withBrokenAuditLog(async () => {
      await expect(findOrLinkPerson(identity)).rejects.toThrow();
    });
    expect(await subjectsOf(person.userId)).toEqual([]);
    expect(await findSession(session)).toEqual(person);
  });

  test("stay if the account is refused", async () => {
    const { person, session } = await withPassword();
    const other = { issuer: oneSpelling(issuer), subject: newSubject(), userId: person.userId };
    await db.insert(accounts).values(other);
    const identity = { issuer, subject: newSubject(), email: person.email, emailVerified: true };
    expect(await findOrLinkPerson(identity)).toBe("linked_otherwise");
    expect(await findOrLinkPerson({ ...identity, emailVerified: false })).toBe("email_unverified");
    expect(await passwordOf(person.userId)).not.toBeNull();
    expect(await findSession(session)).toEqual(person);
  });
});

test("concurrent sign-ins of one account all find the person", async () => {
  const { email, ...person } = await newPerson();
  const identity = { issuer, subject: newSubject(), email, emailVerified: true };
  const found = await Promise.all(Array.from({ length: 8 }, () => findOrLinkPerson(identity)));
  expect(found).toEqual(Array(8).fill(person));
});

test("a technical user is neither found by an account nor linked", async () => {
  const [technical] = await db
    .insert(users)
    .values({ kind: "technical", name: newId("usr"), organizationId: tenant.organization.id })
    .returning();
  const subject = newSubject();
  await db.insert(accounts).values({ issuer: `${issuer}/`, subject, userId: technical?.id ?? "" });
  expect(await findPersonByIdentity(issuer, subject)).toBeUndefined();
  expect(await findOrLinkPerson({ issuer, subject, email: technical?.name, emailVerified: true })).toBe(
    "email_unknown",
  );
});
