import { asc, eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, auditEvents, notifications, policies } from "@/db/schema";
import { createToken, expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { hold } from "@/testing/database/locks";
import { age, agePolicy, setPolicy } from "@/testing/policies/policies";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "../authenticate";
import { reactivateAccessToken, revokeAccessToken } from "../change";
import { changeAccessTokens } from "../change-many";
import { getAccessToken } from "../queries";
import { getComingRevocation } from "./queries";
import { applyUnusedPolicies } from "./revoke";

beforeEach(() => db.delete(policies));

/** A token of 60 days without a use, in a group whose policy of 30 days is 60 days old. */
async function createScene() {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  await age(token.id, { created: "60 days" });
  await setPolicy(admin, scope, { revokeUnusedAfterDays: 30 });
  await agePolicy(scope, "60 days");
  return { ...tenant, admin, scope, token, ...watch(token) };
}

function watch({ id }: { id: string }) {
  const row = async () => {
    const [found] = await db.select().from(accessTokens).where(eq(accessTokens.id, id));
    if (!found) throw new Error("the token is gone");
    return found;
  };
  const told = async () => {
    const rows = await db
      .select({ type: notifications.type })
      .from(notifications)
      .where(eq(notifications.accessTokenId, id))
      .orderBy(asc(notifications.createdAt));
    return rows.map(({ type }) => type);
  };
  return { row, told, isRevoked: async () => (await row()).revokedAt !== null };
}

const idle = "access_token.idle";
const revoked = "access_token.revoked";

test("admins are notified a week before an unused token is revoked, and when it is", async () => {
  const { token, group, admin, told, row, isRevoked } = await createScene();
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle], false]);
  await age(token.id, { noticed: "6 days 23 hours" });
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle], false]);
  await age(token.id, { noticed: "7 days" });
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle, revoked], true]);
  expect(await authenticateAccessToken(token.secret)).toBeUndefined();
  const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, token.id));
  expect(events.find(({ action }) => action === revoked)).toMatchObject({
    actorId: "policy",
    actorName: "Policy",
    accessTokenId: null,
    groupId: group.id,
    channel: "system",
    detail: { revoke_unused_after_days: "30", unused_since: (await row()).createdAt.toISOString() },
  });
  const [notice] = await db.select().from(notifications).where(eq(notifications.accessTokenId, token.id));
  expect(notice).toMatchObject({ groupId: group.id, data: { days: 7, access_token: { name: token.name } } });
  expect((await getAccessToken(admin, token.id)).status).toBe("revoked");
});

test("a token tells when it will be revoked, from the notice on and until it is used", async () => {
  const { token, admin } = await createScene();
  const coming = () => getComingRevocation(admin, token.id);
  expect(await coming()).toBeUndefined();
  await applyUnusedPolicies();
  const daysLeft = async () => ((await coming())?.at.getTime() ?? Number.NaN) / 86_400_000 - Date.now() / 86_400_000;
  expect(await coming()).toMatchObject({ days: 30 });
  expect(await daysLeft()).toBeCloseTo(7, 1);
  await age(token.id, { created: "25 days", noticed: "1 day" });
  expect(await daysLeft()).toBeCloseTo(6, 1);
  await age(token.id, { created: "21 days 12 hours", noticed: "-1 days -12 hours" });
  expect(await daysLeft()).toBeCloseTo(8.5, 1);
  const expireIn = (interval: string) =>
    db
      .update(accessTokens)
      .set({ expiresAt: sql`now() + ${interval}::interval` })
      .where(eq(accessTokens.id, token.id));
  await expireIn("8 days");
  expect(await coming()).toBeUndefined();
  await expireIn("9 days");
  expect(await coming()).toBeDefined();
  await age(token.id, { used: "1 hour" });
  expect(await coming()).toBeUndefined();
});

test("the notice comes seven days before the last day, and the revocation not before it", async () => {
  const { token, told, isRevoked } = await createScene();
  await age(token.id, { created: "22 days 23 hours" });
  await applyUnusedPolicies();
  expect(await told()).toEqual([]);
  await age(token.id, { created: "23 days 1 hour" });
  await applyUnusedPolicies();
  expect(await told()).toEqual([idle]);
  await age(token.id, { created: "30 days", noticed: "7 days" });
  await applyUnusedPolicies();
  expect(await isRevoked()).toBe(false);
  await age(token.id, { created: "30 days 2 hours" });
  await applyUnusedPolicies();
  expect(await isRevoked()).toBe(true);
});

test.each(["used", "reactivated"] as const)("time counts from when the token was %s", async (last) => {
  const { token, told } = await createScene();
  await age(token.id, { [last]: "22 days" });
  await applyUnusedPolicies();
  expect(await told()).toEqual([]);
  await age(token.id, { [last]: "24 days" });
  await applyUnusedPolicies();
  expect(await told()).toEqual([idle]);
});

test("a use after the notice cancels it, and the next notice is a week before the next revocation", async () => {
  const { token, told, isRevoked } = await createScene();
  await applyUnusedPolicies();
  await age(token.id, { noticed: "40 days", used: "39 days" });
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle, idle], false]);
  await age(token.id, { noticed: "8 days" });
  await applyUnusedPolicies();
  expect(await isRevoked()).toBe(true);
});

test("a token that is reactivated, alone or with others, begins anew", async () => {
  const { admin, scope, token, told, row, isRevoked } = await createScene();
  await applyUnusedPolicies();
  for (const reactivate of [
    () => reactivateAccessToken(admin, token.id),
    async () => {
      const { revision } = await getAccessToken(admin, token.id);
      return changeAccessTokens(admin, scope, "reactivate", [{ id: token.id, revision }]);
    },
  ]) {
    await revokeAccessToken(admin, token.id);
    await age(token.id, { reactivated: "50 days", noticed: "20 days" });
    await reactivate();
    expect((await row()).reactivatedAt?.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    await applyUnusedPolicies();
    expect([await told(), await isRevoked()]).toEqual([[idle], false]);
  }
});

test("a new policy that is overdue at once is announced a week before", async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  await age(token.id, { created: "300 days", noticed: "100 days" });
  await setPolicy(group.admin, group.scope, { revokeUnusedAfterDays: 30 });
  const { told, isRevoked } = watch(token);
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle], false]);
});

test("a notice does not count once the policy has been changed", async () => {
  const { admin, scope, token, told, isRevoked } = await createScene();
  await applyUnusedPolicies();
  await age(token.id, { noticed: "8 days" });
  await setPolicy(admin, scope, { revokeUnusedAfterDays: null });
  await applyUnusedPolicies();
  await setPolicy(admin, scope, { revokeUnusedAfterDays: 30 });
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle, idle], false]);
  await age(token.id, { noticed: "8 days" });
  await agePolicy(scope, "9 days");
  await setPolicy(admin, scope, { longestLifetimeDays: 300 });
  await applyUnusedPolicies();
  expect(await isRevoked()).toBe(true);
});

test("a notice under a stricter policy does not count for a looser one", async () => {
  const { admin, scope, organization, organizationAdmin, token, told, isRevoked } = await createScene();
  await setPolicy(organizationAdmin, organization.scope, { revokeUnusedAfterDays: 58 });
  await agePolicy(organization.scope, "60 days");
  await applyUnusedPolicies();
  await age(token.id, { noticed: "15 days" });
  await setPolicy(admin, scope, { revokeUnusedAfterDays: null });
  await applyUnusedPolicies();
  expect([await told(), await isRevoked()]).toEqual([[idle, idle], false]);
});

test("a policy of less than a week announces after a day without a use", async () => {
  const { admin, scope, token, told, isRevoked } = await createScene();
  await setPolicy(admin, scope, { revokeUnusedAfterDays: 2 });
  await agePolicy(scope, "60 days");
  await age(token.id, { used: "23 hours" });
  await applyUnusedPolicies();
  expect(await told()).toEqual([]);
  await age(token.id, { used: "8 days 1 hour", noticed: "7 days" });
  await applyUnusedPolicies();
  expect(await isRevoked()).toBe(true);
});

test("an organization's policy holds for its own tokens and for those of its groups, and for nobody else's", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  const foreign = await createTenant();
  const tokens = [
    await createToken(group.admin, group.scope),
    await createToken(otherGroup.admin, otherGroup.scope),
    await createToken(organizationAdmin, organization.scope),
    await createToken(foreign.group.admin, foreign.group.scope),
  ];
  for (const { id } of tokens) await age(id, { created: "60 days", noticed: "8 days" });
  await setPolicy(organizationAdmin, organization.scope, { revokeUnusedAfterDays: 30 });
  await agePolicy(organization.scope, "60 days");
  await setPolicy(otherGroup.admin, otherGroup.scope, { revokeUnusedAfterDays: 20 });
  await agePolicy(otherGroup.scope, "60 days");
  await applyUnusedPolicies();
  expect(await Promise.all(tokens.map((token) => watch(token).isRevoked()))).toEqual([true, true, true, false]);
  const [, inOther] = tokens;
  expect((await eventsOn(inOther?.id ?? "")).at(-1)?.detail).toMatchObject({ revoke_unused_after_days: "20" });
});

test("revoked and expired tokens are left alone", async () => {
  const { admin, scope, token } = await createScene();
  await revokeAccessToken(admin, token.id);
  const other = await createToken(admin, scope);
  await expire(other.id);
  await age(other.id, { created: "60 days" });
  await applyUnusedPolicies();
  expect([await watch(token).told(), await watch(other).told()]).toEqual([[], []]);
});

test("late, twice and on several instances at once, each token is announced and revoked once", async () => {
  const { admin, scope, token, told } = await createScene();
  const tokens = [token];
  for (let made = 0; made < 6; made++) tokens.push(await createToken(admin, scope));
  for (const { id } of tokens) await age(id, { created: "200 days" });
  for (let time = 0; time < 2; time++) await Promise.all([1, 2, 3].map(() => applyUnusedPolicies(2)));
  await applyUnusedPolicies(2);
  for (const one of tokens) expect(await watch(one).told()).toEqual([idle]);
  for (const { id } of tokens) await age(id, { noticed: "50 days" });
  for (let time = 0; time < 2; time++) await Promise.all([1, 2, 3].map(() => applyUnusedPolicies(2)));
  await applyUnusedPolicies(2);
  for (const one of tokens) {
    expect(await watch(one).told()).toEqual([idle, revoked]);
    expect((await eventsOn(one.id)).filter(({ action }) => action === revoked)).toHaveLength(1);
  }
  expect(await told()).toEqual([idle, revoked]);
});

test("a token that is locked is left to the next time, and others are not kept waiting", async () => {
  const { admin, scope, token, told } = await createScene();
  const other = await createToken(admin, scope);
  await age(other.id, { created: "60 days" });
  const release = await hold("select from access_tokens where id = $1 for update", token.id);
  await applyUnusedPolicies();
  expect([await told(), await watch(other).told()]).toEqual([[], [idle]]);
  await release();
  await applyUnusedPolicies();
  expect(await told()).toEqual([idle]);
});

test("a notice leaves the token's revision as it is", async () => {
  const { admin, token } = await createScene();
  const { revision } = await getAccessToken(admin, token.id);
  await applyUnusedPolicies();
  expect((await getAccessToken(admin, token.id)).revision).toBe(revision);
});
