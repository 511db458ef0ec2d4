import { and, asc, eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { auditEvents, memberships, rateLimits } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { generateSecret } from "@/lib/access-tokens/secret";
import { signInWithPassword } from "@/lib/auth/local-accounts";
import { addMember } from "@/lib/groups/members";
import { mutate } from "@/lib/mutate";
import { withRequestContext } from "@/lib/request-context";
import { createToken, expire, tokenInput } from "@/lib/testing/access-tokens";
import { withBrokenAuditLog } from "@/lib/testing/database-owner";
import { outcomes, refusal } from "@/lib/testing/refusal";
import { createTenant } from "@/lib/testing/tenant";
import type { AuditAction } from "./record";

let networks = 0;
/** Another one each time, where nothing else is said. */
function newAddress(): string {
  networks += 1;
  return `198.51.${Math.floor(networks / 256)}.${networks % 256}`;
}

function from<T>(work: () => Promise<T>, address = newAddress()): Promise<T> {
  return withRequestContext({ requestId: "1", channel: "page", address }, work);
}

function refusalsIn(ownerId: string, action: AuditAction) {
  return db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.ownerId, ownerId), eq(auditEvents.action, action)))
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id));
}

/** The owner's refusals, once there are so many. They are written in the background. */
async function recorded(ownerId: string, action: AuditAction, count: number) {
  return vi.waitFor(
    async () => {
      const events = await refusalsIn(ownerId, action);
      expect(events).toHaveLength(count);
      return events;
    },
    { timeout: 10_000 },
  );
}

describe("a denied attempt", () => {
  test("is in the log of what was attempted, with the permission that was missing", async () => {
    const { group, otherGroup, organization } = await createTenant();
    const member = { email: otherGroup.user.email, role: "group_user" } as const;
    expect(await refusal(from(() => addMember(group.user, group.scope, member), "192.0.2.1"))).toMatchObject({
      code: "forbidden",
    });
    expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([
      {
        actorId: group.user.userId,
        actorName: group.user.name,
        subjectId: group.id,
        subjectName: group.name,
        detail: { permission: "members:manage" },
        address: "192.0.2.1",
        channel: "page",
      },
    ]);
    await refusal(from(() => createAccessToken(group.admin, organization.scope, tokenInput())));
    expect(await recorded(organization.id, "attempt.denied", 1)).toMatchObject([
      { actorId: group.admin.userId, groupId: null, detail: { permission: "access-tokens:create" } },
    ]);
  });

  test("of a technical user names it and its token", async () => {
    const { group } = await createTenant();
    const { id, actor } = await createToken(group.admin, group.scope, { admin: true });
    expect(await refusal(from(() => createAccessToken(actor, group.scope, tokenInput())))).toMatchObject({
      code: "people_only",
    });
    await refusal(from(() => reactivateAccessToken(actor, group.scope, id)));
    const events = await recorded(group.id, "attempt.denied", 2);
    const who = { actorId: actor.userId, actorKind: "technical", actorName: actor.name, accessTokenId: id };
    expect(events).toMatchObject([who, who]);
  });

  test("is recorded once in ten minutes for each address and permission", async () => {
    const { group, otherGroup } = await createTenant();
    const member = { email: otherGroup.user.email, role: "group_user" } as const;
    const add = () => addMember(group.user, group.scope, member);
    const create = () => createAccessToken(group.user, group.scope, tokenInput());
    for (const address of ["2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::1"]) {
      for (let time = 0; time < 3; time++) await refusal(from(add, address));
    }
    await refusal(from(create, "2001:db8:1::1"));
    const events = await recorded(group.id, "attempt.denied", 3);
    expect(events.map(({ address }) => address)).toEqual(["2001:db8:1::1", "2001:db8:2::1", "2001:db8:1::1"]);
  });

  test("what isn't there, or isn't seen, is none; nor is another refusal or a failure", async () => {
    const { group, otherGroup } = await createTenant();
    const { id } = await createToken(group.admin, group.scope);
    await refusal(from(() => revokeAccessToken(otherGroup.admin, group.scope, id)));
    await refusal(from(() => revokeAccessToken(group.admin, group.scope, newId("tok"))));
    const failing = mutate(group.admin, group.scope, "access-tokens:manage", () => Promise.reject(new Error("bug")));
    await expect(failing).rejects.toThrow("bug");
    await refusal(from(() => revokeAccessToken(group.user, group.scope, id)));
    expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([{ actorId: group.user.userId }]);
  });

  test("is refused just so when it can't be recorded", async () => {
    const { group, otherGroup } = await createTenant();
    const member = { email: otherGroup.user.email, role: "group_user" } as const;
    const attempt = () => refusal(from(() => addMember(group.user, group.scope, member)));
    const usual = await attempt();
    await withBrokenAuditLog(async () => expect(await attempt()).toEqual(usual));
  });
});

test("an organization has a hundred of a kind in an hour, the last of which says so, however many are tried", async () => {
  const { group, organization } = await createTenant();
  const { id } = await createToken(group.admin, group.scope);
  const attempt = () => from(() => revokeAccessToken(group.user, group.scope, id));
  // Too many at once are not even counted: it is tried until all that may be there are.
  await vi.waitFor(
    async () => {
      expect(await outcomes(Array.from({ length: 8 }, attempt))).toEqual({ forbidden: 8 });
      expect((await refusalsIn(group.id, "attempt.denied")).length).toBeGreaterThanOrEqual(100);
    },
    { timeout: 15_000, interval: 1 },
  );
  const counted = async () => {
    const key = `refusals:attempt.denied:${organization.id}`;
    const [row] = await db.select().from(rateLimits).where(eq(rateLimits.key, key));
    return row?.points ?? 0;
  };
  await vi.waitFor(async () => {
    await refusal(attempt());
    expect(await counted()).toBeGreaterThan(105);
  });
  const events = await refusalsIn(group.id, "attempt.denied");
  expect(events).toHaveLength(100);
  const last = events.filter(({ detail }) => detail.further_not_recorded_until);
  expect(last).toHaveLength(1);
  const until = new Date(last[0]?.detail.further_not_recorded_until ?? "").getTime() - Date.now();
  expect(until).toBeGreaterThan(59 * 60_000);
  expect(until).toBeLessThanOrEqual(60 * 60_000);
}, 30_000);

describe("a failed sign-in", () => {
  const signIn = (email: string, address?: string) => refusal(from(() => signInWithPassword(email, "wrong"), address));

  test("is in the log of each organization of the person, and nowhere for an unknown address", async () => {
    const [one, two, stranger] = [await createTenant(), await createTenant(), await createTenant()];
    const person = one.group.user;
    const member = { organizationId: two.organization.id, userId: person.userId, kind: "person" as const };
    await db.insert(memberships).values({ ...member, role: "organization_user" });
    expect(await signIn(`${newId("usr")}@example.com`)).toMatchObject({ code: "unauthenticated" });
    expect(await signIn(person.email.toUpperCase(), "192.0.2.9")).toMatchObject({ code: "unauthenticated" });
    for (const { organization } of [one, two]) {
      expect(await recorded(organization.id, "sign_in.failed", 1)).toMatchObject([
        {
          groupId: null,
          actorId: person.userId,
          actorName: person.name,
          subjectId: person.userId,
          detail: { method: "password" },
          address: "192.0.2.9",
        },
      ]);
    }
    expect(await refusalsIn(stranger.organization.id, "sign_in.failed")).toEqual([]);
    expect(await refusalsIn(one.group.id, "sign_in.failed")).toEqual([]);
  });

  test("is recorded once in ten minutes for each address", async () => {
    const { organization, group } = await createTenant();
    const address = newAddress();
    for (let time = 0; time < 4; time++) await signIn(group.user.email, address);
    await recorded(organization.id, "sign_in.failed", 1);
    await signIn(group.user.email);
    await recorded(organization.id, "sign_in.failed", 2);
  });
});

describe("the use of a token that is no longer good", () => {
  test("is in its owner's log, by its technical user: revoked, expired, of a group, of an organization", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    const revoked = await createToken(group.admin, group.scope);
    await revokeAccessToken(group.admin, group.scope, revoked.id);
    const expired = await createToken(organizationAdmin, organization.scope);
    await expire(expired.id);
    for (const [token, ownerId, status] of [
      [revoked, group.id, "revoked"],
      [expired, organization.id, "expired"],
    ] as const) {
      expect(await from(() => authenticateAccessToken(token.secret), "192.0.2.3")).toBeUndefined();
      const [event] = await recorded(ownerId, "access_token.refused", 1);
      expect(event).toMatchObject({
        actorId: token.actor.userId,
        actorKind: "technical",
        actorName: token.actor.name,
        accessTokenId: token.id,
        subjectId: token.id,
        subjectName: token.name,
        detail: { status },
        address: "192.0.2.3",
      });
      expect(JSON.stringify(event)).not.toContain(token.secret.slice(4, -6));
    }
  });

  test("is recorded once in ten minutes for each address; an unknown, deleted or good one is not", async () => {
    const { group } = await createTenant();
    const [good, deleted, revoked] = [
      await createToken(group.admin, group.scope),
      await createToken(group.admin, group.scope),
      await createToken(group.admin, group.scope),
    ];
    await deleteAccessToken(group.admin, group.scope, deleted.id);
    await revokeAccessToken(group.admin, group.scope, revoked.id);
    for (const secret of [good.secret, deleted.secret, generateSecret("group")]) {
      await from(() => authenticateAccessToken(secret));
    }
    const address = newAddress();
    for (let time = 0; time < 4; time++) await from(() => authenticateAccessToken(revoked.secret), address);
    await recorded(group.id, "access_token.refused", 1);
    await from(() => authenticateAccessToken(revoked.secret));
    expect(await recorded(group.id, "access_token.refused", 2)).toMatchObject([
      { subjectId: revoked.id },
      { subjectId: revoked.id },
    ]);
  });
});
