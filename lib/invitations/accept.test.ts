import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { memberships, users } from "@/db/schema";
import { findOrLinkPerson } from "@/lib/sign-in/identity";
import { signInWithPassword } from "@/lib/sign-in/local-accounts";
import { hashPassword } from "@/lib/sign-in/password";
import { findSession, type SignedInPerson } from "@/lib/sign-in/sessions";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { endInvitation, invite, newEmail } from "@/testing/invitations";
import { outcomes, refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { acceptInvitation, newAccountInput } from "./accept";
import { findInvitation } from "./queries";
import { revokeInvitation } from "./revoke";

const password = "correct horse battery staple";
const ada = { name: "Ada", password };

const personWith = async (email: string) => (await db.select().from(users).where(eq(users.email, email)))[0];
const accept = (secret: string, visitor?: SignedInPerson) => acceptInvitation(secret, visitor, ada);

function rolesOf(userId: string) {
  const { organizationId, groupId, role } = memberships;
  return db.select({ organizationId, groupId, role }).from(memberships).where(eq(memberships.userId, userId));
}

describe("a new person", () => {
  test("becomes a member with the role, can sign in, and is the event's actor", async () => {
    const tenant = await createTenant();
    const { id, email, secret } = await invite(tenant, { role: "organization_admin" });
    expect(await findInvitation(secret)).toEqual({
      id,
      email,
      role: "organization_admin",
      expiresAt: expect.any(Date),
      organization: { id: tenant.organization.id, name: tenant.organization.name },
      inviterName: tenant.organizationAdmin.name,
      newAccount: { password: "required" },
    });
    await accept(secret);
    const { person } = await signInWithPassword(email, password);
    expect(person.name).toBe("Ada");
    expect(await rolesOf(person.userId)).toEqual([
      { organizationId: tenant.organization.id, groupId: null, role: "organization_admin" },
    ]);
    expect((await eventsOn(id)).at(-1)).toEqual({
      action: "invitation.accepted",
      actorId: person.userId,
      detail: { role: "organization_admin" },
    });
  });

  test("impersonated by an inviter gets rid of them by the first sign-in with the identity provider", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    const { email, secret } = await invite(tenant);
    await accept(secret);
    const { session } = await signInWithPassword(email, password);
    const person = await findOrLinkPerson({
      issuer: "https://login.example.com",
      subject: email,
      email,
      emailVerified: true,
    });
    if (typeof person === "string") throw new Error(person);
    await accept((await invite(other, { email })).secret, { ...person, email });
    expect(await rolesOf(person.userId)).toHaveLength(2);
    expect(await refusal(signInWithPassword(email, password))).toMatchObject({ code: "unauthenticated" });
    expect(await findSession(session)).toBeUndefined();
  });

  test.each([
    [{ password }, "name"],
    [{ name: "Ada" }, "password"],
  ])("with only %j is asked for the rest, and the link stays valid", async (input, field) => {
    const { secret } = await invite(await createTenant());
    const before = await everyRow();
    const answer = await refusal(acceptInvitation(secret, undefined, input));
    expect(answer).toMatchObject({ code: "invalid", errors: [{ field }] });
    expect(await everyRow()).toEqual(before);
    await accept(secret);
  });

  test("must give a name and a password within limits", () => {
    const given = (input: object) => newAccountInput.safeParse({ ...ada, ...input }).success;
    expect(given({})).toBe(true);
    expect(given({ password: "x".repeat(1000) })).toBe(true);
    for (const wrong of ["elevencharsx".slice(1), "😀".repeat(11), "x".repeat(1001), ""]) {
      expect(given({ password: wrong })).toBe(false);
    }
    for (const wrong of ["", " ", "a\nb", "a\u202Eb", "x".repeat(256)]) expect(given({ name: wrong })).toBe(false);
  });
});

describe("a link", () => {
  async function expectClosed(secret: string): Promise<void> {
    const before = await everyRow();
    const unknown = await refusal(findInvitation("x".repeat(43)));
    expect(unknown).toMatchObject({ code: "not_found", message: "This invitation was not found." });
    expect(await refusal(findInvitation(secret))).toEqual(unknown);
    expect(await refusal(accept(secret))).toEqual(unknown);
    expect(await everyRow()).toEqual(before);
  }

  test("works once", async () => {
    const { secret } = await invite(await createTenant());
    await accept(secret);
    await expectClosed(secret);
  });

  test("expires by the database's clock", async () => {
    const { id, secret } = await invite(await createTenant());
    await endInvitation(id, "5 seconds");
    expect(await findInvitation(secret)).toMatchObject({ id });
    await endInvitation(id, "0 seconds");
    await expectClosed(secret);
  });

  test("that was revoked, or never existed, opens nothing", async () => {
    const tenant = await createTenant();
    const { id, secret } = await invite(tenant);
    await revokeInvitation(tenant.organizationAdmin, tenant.organization.scope, id);
    for (const closed of [secret, "", "\0", "x", `${secret}x`, "%", "é".repeat(43)]) await expectClosed(closed);
  });
});

describe("someone with an account", () => {
  async function createScene() {
    const [tenant, other] = [await createTenant(), await createTenant()];
    const person = other.group.user;
    await db
      .update(users)
      .set({ passwordHash: await hashPassword("their own password") })
      .where(eq(users.id, person.userId));
    return { tenant, other, person, invitation: await invite(tenant, { email: person.email }) };
  }

  test("joins the organization, and keeps other memberships, name and password", async () => {
    const { tenant, person, invitation } = await createScene();
    const before = await personWith(person.email);
    await accept(invitation.secret, person);
    expect(await personWith(person.email)).toEqual(before);
    expect(await rolesOf(person.userId)).toHaveLength(3);
    expect(await rolesOf(person.userId)).toContainEqual({
      organizationId: tenant.organization.id,
      groupId: null,
      role: "organization_user",
    });
    expect(await eventsOn(invitation.id)).toHaveLength(2);
  });

  test("does not join by the link alone, without signing in", async () => {
    const { invitation } = await createScene();
    const before = await everyRow();
    expect(await refusal(accept(invitation.secret))).toMatchObject({ code: "unauthenticated" });
    expect(await everyRow()).toEqual(before);
  });

  test("does not join while signed in with another address, and neither does the other account", async () => {
    const { other, person, invitation } = await createScene();
    const forNobodyYet = await invite(await createTenant());
    const before = await everyRow();
    const answer = await refusal(accept(invitation.secret, other.organizationAdmin));
    expect(answer).toMatchObject({ code: "forbidden" });
    expect(answer.message).toContain(`signed in as ${other.organizationAdmin.email}`);
    expect(await refusal(accept(forNobodyYet.secret, person))).toMatchObject({ code: "forbidden" });
    expect(await everyRow()).toEqual(before);
  });

  test("who became a member meanwhile keeps the role, and the link is used up", async () => {
    const tenant = await createTenant();
    const { id, email, secret } = await invite(tenant, { role: "organization_admin" });
    const person = await createPerson(tenant.organization.id, "organization_user");
    await db.update(users).set({ email }).where(eq(users.id, person.userId));
    await accept(secret, { ...person, email });
    expect(await rolesOf(person.userId)).toMatchObject([{ role: "organization_user" }]);
    expect((await eventsOn(id)).at(-1)).toMatchObject({ action: "invitation.accepted", detail: { role: null } });
    expect(await refusal(findInvitation(secret))).toMatchObject({ code: "not_found" });
  });
});

describe("concurrently", () => {
  test("many acceptances of one link count once", async () => {
    for (let round = 0; round < 5; round++) {
      const { id, email, secret } = await invite(await createTenant());
      const ended = await outcomes(Array.from({ length: 8 }, () => accept(secret)));
      expect(ended.done).toBe(1);
      expect(ended.done).toBe(8 - (ended.not_found ?? 0) - (ended.unauthenticated ?? 0));
      expect(await rolesOf((await personWith(email))?.id ?? "")).toHaveLength(1);
      expect(await eventsOn(id)).toHaveLength(2);
    }
  });

  test("an acceptance that waited for another finds the link used", async () => {
    const { id, secret } = await invite(await createTenant());
    const release = await hold("select from invitations where id = $1 for update", id);
    const ended = outcomes([accept(secret), accept(secret)]);
    await waitForLockWaiters(2);
    await release();
    expect(await ended).toEqual({ done: 1, not_found: 1 });
  });

  test("two organizations' invitations create one person, who signs in to accept the second", async () => {
    const email = newEmail();
    const [one, two] = [await invite(await createTenant(), { email }), await invite(await createTenant(), { email })];
    expect(await outcomes([accept(one.secret), accept(two.secret)])).toEqual({ done: 1, unauthenticated: 1 });
    const { person } = await signInWithPassword(email, password);
    await outcomes([one, two].map(({ secret }) => accept(secret, { ...person, email })));
    expect(await rolesOf(person.userId)).toHaveLength(2);
  });

  test("an acceptance and a revocation don't both succeed", async () => {
    for (let round = 0; round < 5; round++) {
      const tenant: Tenant = await createTenant();
      const { id, email, secret } = await invite(tenant);
      const ended = await outcomes([
        accept(secret),
        revokeInvitation(tenant.organizationAdmin, tenant.organization.scope, id),
      ]);
      expect(ended).toEqual({ done: 1, not_found: 1 });
      const person = await personWith(email);
      expect((await eventsOn(id)).at(-1)?.action).toBe(person ? "invitation.accepted" : "invitation.revoked");
    }
  });
});

test("a failed event rolls back person, membership and acceptance", async () => {
  const { secret } = await invite(await createTenant());
  const before = await everyRow();
  await withBrokenAuditLog(async () => {
    await expect(accept(secret)).rejects.toMatchObject({ cause: { constraint: "broken" } });
  });
  expect(await everyRow()).toEqual(before);
  await accept(secret);
});
