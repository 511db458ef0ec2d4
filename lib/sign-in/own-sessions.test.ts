import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { sessions } from "@/db/schema";
import { withRequestContext } from "@/lib/request-context";
import { refusalsIn } from "@/testing/refusals";
import { createPerson, createTenant } from "@/testing/tenant";
import { endOtherSessions, listSessions } from "./own-sessions";
import { createSession, findSession } from "./sessions";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let organizationId: string;
let person: Awaited<ReturnType<typeof createPerson>>;

beforeEach(async () => {
  organizationId = (await createTenant()).organization.id;
  person = await createPerson(organizationId, "organization_user");
});

function begin(address: string | null, userAgent?: string): Promise<string> {
  return withRequestContext({ requestId: "", channel: "page", address, userAgent }, () => createSession(person.userId));
}

test("listSessions shows the person's own sessions with network and browser, the current one first", async () => {
  const current = await begin("192.0.2.7", firefox);
  const script = await begin("2001:db8:1:2::3", "<script>alert(1)</script>");
  await begin(null);
  await createSession((await createPerson(organizationId, "organization_user")).userId);
  const listed = await listSessions(person, current);
  expect(listed.map(({ browser, network, isCurrent }) => ({ browser, network, isCurrent }))).toEqual([
    { browser: "Firefox on Linux", network: "192.0.2.0/24", isCurrent: true },
    { browser: "Unknown browser", network: null, isCurrent: false },
    { browser: "Unknown browser", network: "2001:db8:1::/48", isCurrent: false },
  ]);
  expect((await listSessions(person, script))[0]).toMatchObject({ network: "2001:db8:1::/48", isCurrent: true });
  const text = JSON.stringify(listed);
  for (const { tokenHash } of await db.select().from(sessions)) {
    for (const spelling of ["hex", "base64", "base64url"] as const) {
      expect(text).not.toContain(tokenHash.toString(spelling));
    }
  }
  expect(new Set(listed.map(({ id }) => id)).size).toBe(3);
});

test("the last use is exact to ten minutes, also shortly before a long session ends", async () => {
  const token = await begin("192.0.2.7");
  const past = sql`now() - interval '11 hours'`;
  const soon = sql`now() + interval '1 hour'`;
  await db
    .update(sessions)
    .set({ createdAt: past, lastSeenAt: past, expiresAt: soon })
    .where(eq(sessions.userId, person.userId));
  await findSession(token);
  const [session] = await listSessions(person, token);
  const hours = ((session?.lastSeenAt.getTime() ?? 0) - (session?.beganAt.getTime() ?? 0)) / 3_600_000;
  expect(hours).toBeCloseTo(11, 1);
});

test("an expired session is not listed", async () => {
  const [current, over] = [await begin("192.0.2.7"), await begin("198.51.100.7")];
  await db
    .update(sessions)
    .set({ expiresAt: sql`now() - interval '1 second'` })
    .where(eq(sessions.network, "198.51.100.0/24"));
  expect(await findSession(over)).toBeUndefined();
  expect(await listSessions(person, current)).toHaveLength(1);
});

test("endOtherSessions ends all others at once and records it, and ends nobody else's", async () => {
  const current = await begin("192.0.2.7");
  const others = [await begin("192.0.2.7"), await begin("192.0.2.8")];
  const stranger = await createSession((await createPerson(organizationId, "organization_user")).userId);
  expect(await endOtherSessions(person, current)).toBe(2);
  for (const token of others) expect(await findSession(token)).toBeUndefined();
  expect(await findSession(current)).toEqual(person);
  expect(await findSession(stranger)).toBeDefined();
  expect(await endOtherSessions(person, current)).toBe(0);
  const events = await refusalsIn(organizationId, "sign_in.signed_out");
  expect(events).toMatchObject([{ actorId: person.userId, subjectId: person.userId, detail: { other_sessions: "2" } }]);
});

test("a person has at most a hundred sessions, and one more ends the least recently used", async () => {
  const first = await begin("192.0.2.7");
  const second = await begin("192.0.2.7");
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now() - interval '1 hour'` })
    .where(eq(sessions.userId, person.userId));
  await findSession(first);
  for (let time = 0; time < 99; time++) await createSession(person.userId);
  expect(await findSession(second)).toBeUndefined();
  expect(await findSession(first)).toEqual(person);
  expect(await listSessions(person, first)).toHaveLength(100);
});
