import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { users } from "@/db/schema";
import { withRequestContext } from "@/lib/request-context";
import { refusal } from "@/lib/testing/refusal";
import { createPerson, createTenant } from "@/lib/testing/tenant";
import { isLocalSignInEnabled, signInWithPassword } from "./local-accounts";
import { hashPassword } from "./password";

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

function signIn(email: string, given = password, address = "192.0.2.1") {
  const context = { requestId: "", channel: "page", address } as const;
  return withRequestContext(context, async () => (await signInWithPassword(email, given)).person);
}

test("the right password signs in, however the e-mail address is typed", async () => {
  await setPassword();
  const { email, ...expected } = person;
  expect(await signIn(email)).toEqual(expected);
  expect(await signIn(`  ${email.toUpperCase()} `)).toEqual(expected);
});

test("a wrong password, an unknown e-mail address and an account without a password are refused alike", async () => {
  const unknown = `${newId("usr")}@example.com`;
  expect(await refusal(signIn(unknown))).toEqual(refused);
  expect(await refusal(signIn(person.email))).toEqual(refused);
  await setPassword();
  expect(await refusal(signIn(person.email, `${password} `))).toEqual(refused);
  expect(await refusal(signIn(person.email, ""))).toEqual(refused);
});

test("the sixth failure and the right password after it wait, for a known and for an unknown e-mail address", async () => {
  await setPassword();
  for (const email of [person.email, `${newId("usr")}@example.com`]) {
    for (let time = 0; time < 5; time++) expect(await refusal(signIn(email, "wrong"))).toEqual(refused);
    const waits = await refusal(signIn(email.toUpperCase()));
    expect(waits).toMatchObject({ code: "rate_limited", errors: [] });
    expect(waits.message).toMatch(/^Too many attempts\. Try again in 5 minutes\.$/);
  }
  expect(await signIn(person.email, password, "192.0.2.2")).toMatchObject({ userId: person.userId });
});

test("e-mail and password are asked for where at least one person has a password", async () => {
  expect(await isLocalSignInEnabled()).toBe(false);
  await setPassword();
  expect(await isLocalSignInEnabled()).toBe(true);
});
