import pino from "pino";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { generateSecret } from "@/lib/access-tokens/secret";
import { log } from "@/lib/log";
import { signInWithPassword } from "@/lib/sign-in/local-accounts";
import { createToken, expire, tokenInput } from "@/testing/access-tokens";
import { outcomes, refusal } from "@/testing/refusal";
import { from, newAddress, recorded, refusalsIn } from "@/testing/refusals";
import { createTenant } from "@/testing/tenant";
import { recordRefusal } from "./refusals";

const lines: string[] = [];
beforeAll(() => {
  log.level = "warn";
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) } });
});

/** Lines of the server's log about refusals that the audit log dropped. */
function dropped(owner: { id: string }) {
  return lines.map((line) => JSON.parse(line)).filter((line) => line.owner === owner.id);
}

test("a repeated refusal is written to the server's log only", async () => {
  const { group } = await createTenant();
  const attempt = () => refusal(from(() => createAccessToken(group.user, group.scope, tokenInput()), "192.0.2.4"));
  for (let time = 0; time < 3; time++) await attempt();
  await recorded(group.id, "attempt.denied", 1);
  const line = { level: "warn", action: "attempt.denied", actor: group.user.userId, reason: "recorded not long ago" };
  expect(dropped(group)).toMatchObject([line, line]);
});

test("a flood of one kind blocks no other kind, and each dropped refusal has a line in the server's log", async () => {
  const { group, otherGroup } = await createTenant();
  const { promise, resolve } = Promise.withResolvers<[]>();
  const noise = (action: "sign_in.failed" | "attempt.denied") => {
    for (let place = 0; place < 8; place++) recordRefusal(action, newId("usr"), () => promise);
  };
  const attempt = () => refusal(from(() => createAccessToken(group.user, group.scope, tokenInput())));
  try {
    noise("sign_in.failed");
    await attempt();
    await recorded(group.id, "attempt.denied", 1);
    noise("attempt.denied");
    await attempt();
    const line = { action: "attempt.denied", actor: group.user.userId, reason: "too many at once" };
    expect(dropped(group)).toMatchObject([line]);
    expect(dropped(otherGroup)).toEqual([]);
  } finally {
    resolve([]);
  }
  await vi.waitFor(
    async () => {
      await attempt();
      expect((await refusalsIn(group.id, "attempt.denied")).length).toBeGreaterThan(1);
    },
    { timeout: 10_000 },
  );
});

test("an organization records at most a hundred of a kind per hour, and the last one says so", async () => {
  const { group } = await createTenant();
  const { id } = await createToken(group.admin, group.scope);
  const attempt = () => from(() => revokeAccessToken(group.user, id));
  // Too many concurrent refusals are dropped before they are counted, so retry until the limit is reached.
  await vi.waitFor(
    async () => {
      expect(await outcomes(Array.from({ length: 8 }, attempt))).toEqual({ forbidden: 8 });
      expect((await refusalsIn(group.id, "attempt.denied")).length).toBeGreaterThanOrEqual(100);
    },
    { timeout: 15_000, interval: 1 },
  );
  const further = () => dropped(group).filter(({ reason }) => reason.includes("hundred"));
  await vi.waitFor(
    async () => {
      await refusal(attempt());
      expect(further().length).toBeGreaterThan(5);
    },
    { timeout: 10_000 },
  );
  const events = await refusalsIn(group.id, "attempt.denied");
  expect(events).toHaveLength(100);
  const last = events.filter(({ detail }) => detail.further_not_recorded_until);
  expect(last).toHaveLength(1);
  const until = new Date(last[0]?.detail.further_not_recorded_until ?? "").getTime() - Date.now();
  expect(until).toBeGreaterThan(59 * 60_000);
  expect(until).toBeLessThanOrEqual(60 * 60_000);
  expect(further()[0]).toMatchObject({ action: "attempt.denied", actor: group.user.userId });
}, 30_000);

describe("a failed sign-in", () => {
  const signIn = (email: string, address?: string) => refusal(from(() => signInWithPassword(email, "wrong"), address));

  test("is recorded in the log of each of the person's organizations, and nowhere for an unknown address", async () => {
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

describe("the use of an invalid token", () => {
  test("is recorded in its owner's log for revoked and expired tokens of groups and organizations", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    const revoked = await createToken(group.admin, group.scope);
    await revokeAccessToken(group.admin, revoked.id);
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

  test("is recorded once in ten minutes for each address, and not for an unknown, deleted or valid token", async () => {
    const { group } = await createTenant();
    const [good, deleted, revoked] = [
      await createToken(group.admin, group.scope),
      await createToken(group.admin, group.scope),
      await createToken(group.admin, group.scope),
    ];
    await deleteAccessToken(group.admin, deleted.id);
    await revokeAccessToken(group.admin, revoked.id);
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
