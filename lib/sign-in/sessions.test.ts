import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { sessions, users } from "@/db/schema";
import { createPerson, createTenant } from "@/testing/tenant";
import { createSession, findSession, signOut } from "./sessions";

const minutes = (count: number) => sql`make_interval(mins => ${count})`;

let person: Awaited<ReturnType<typeof createPerson>>;
let organizationId: string;

beforeEach(async () => {
  organizationId = (await createTenant()).organization.id;
  person = await createPerson(organizationId, "organization_user");
});

async function rowsOf(userId: string) {
  return db.select().from(sessions).where(eq(sessions.userId, userId));
}

/** Moves the session into the past by this much time. */
async function letPass(count: number): Promise<void> {
  await db
    .update(sessions)
    .set({
      createdAt: sql`${sessions.createdAt} - ${minutes(count)}`,
      expiresAt: sql`${sessions.expiresAt} - ${minutes(count)}`,
    })
    .where(eq(sessions.userId, person.userId));
}

test("a session is found by its token, and only the token's SHA-256 is stored", async () => {
  const token = await createSession(person.userId);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(await findSession(token)).toEqual(person);
  const [row] = await rowsOf(person.userId);
  expect(row?.tokenHash).toEqual(createHash("sha256").update(token).digest());
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await findSession(`${token}x`)).toBeUndefined();
  expect(await findSession("")).toBeUndefined();
});

test("a session that is signed out ends at the next request, and no other does", async () => {
  const [here, elsewhere] = [await createSession(person.userId), await createSession(person.userId)];
  expect(here).not.toBe(elsewhere);
  await signOut(here);
  expect(await findSession(here)).toBeUndefined();
  expect(await findSession(elsewhere)).toEqual(person);
});

test("a session ends after two hours without a request", async () => {
  const token = await createSession(person.userId);
  await letPass(119);
  expect(await findSession(token)).toEqual(person);
  await letPass(121);
  expect(await findSession(token)).toBeUndefined();
});

test("requests keep a session alive for at most twelve hours", async () => {
  const token = await createSession(person.userId);
  for (let time = 0; time < 20; time++) {
    await letPass(35);
    expect(await findSession(token)).toEqual(person);
  }
  await letPass(19);
  expect(await findSession(token)).toEqual(person);
  await letPass(1);
  expect(await findSession(token)).toBeUndefined();
});

test("a session in use is written once in ten minutes, not at each request", async () => {
  const token = await createSession(person.userId);
  await letPass(9);
  const [before] = await rowsOf(person.userId);
  await findSession(token);
  expect(await rowsOf(person.userId)).toEqual([before]);
  await letPass(2);
  await findSession(token);
  const [renewed] = await rowsOf(person.userId);
  await findSession(token);
  expect(await rowsOf(person.userId)).toEqual([renewed]);
  expect(renewed?.expiresAt.getTime()).toBeGreaterThan(before?.expiresAt.getTime() ?? Infinity);
});

test("a sign-in makes a new token, ends the browser's previous session, and deletes expired ones", async () => {
  const other = await createPerson(organizationId, "organization_user");
  const [expired, before] = [await createSession(person.userId), await createSession(other.userId)];
  await letPass(121);
  const token = await createSession(person.userId, before);
  expect(token).not.toBe(before);
  expect(await findSession(before)).toBeUndefined();
  expect(await findSession(expired)).toBeUndefined();
  expect(await rowsOf(person.userId)).toHaveLength(1);
  expect(await findSession(token)).toEqual(person);
});

test("a technical user has no session, even with a row", async () => {
  const id = newId("usr");
  await db.insert(users).values({ id, kind: "technical", name: id, organizationId });
  expect(await findSession(await createSession(id))).toBeUndefined();
});

test("a removed person has no session", async () => {
  const token = await createSession(person.userId);
  await db.delete(users).where(eq(users.id, person.userId));
  expect(await findSession(token)).toBeUndefined();
});
