import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, auditEvents, policies } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, expire, inDays } from "@/testing/access-tokens";
import { hold } from "@/testing/database/locks";
import { age, setPolicy, storePolicy } from "@/testing/policies/policies";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { noPolicy } from "./policy";
import { getBounds, getPolicy, tokensThatDontMeet } from "./queries";
import { savePolicy } from "./save";

const policy = { longestLifetimeDays: 60, allowsAdminRole: false, revokeUnusedAfterDays: 90 };

async function changesOf(scope: Scope) {
  const events = await db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.ownerId, ownerOf(scope)));
  return events.filter(({ action }) => action === "policy.changed");
}

test("a policy is stored with its audit event, and read with the bounds from above", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  expect(await getPolicy(group.admin, group.scope)).toMatchObject({ stored: noPolicy });
  await savePolicy(organizationAdmin, organization.scope, policy, noPolicy);
  await savePolicy(group.admin, group.scope, { ...policy, longestLifetimeDays: 30 }, noPolicy);
  expect(await getPolicy(group.admin, group.scope)).toEqual({
    stored: { ...policy, longestLifetimeDays: 30 },
    above: {
      longestLifetime: { days: 60, from: "organization" },
      adminRoleRefusedBy: "organization",
      revokeUnused: { days: 90, from: "organization" },
    },
  });
  expect(await getPolicy(organizationAdmin, organization.scope)).toMatchObject({
    stored: policy,
    above: { longestLifetime: { days: 365, from: "operator" }, adminRoleRefusedBy: null, revokeUnused: null },
  });
  expect(await getBounds(group.admin, group.scope)).toMatchObject({ longestLifetime: { days: 30, from: "group" } });
  expect(await changesOf(organization.scope)).toMatchObject([
    {
      actorId: organizationAdmin.userId,
      subjectId: organization.id,
      detail: {
        previous_longest_lifetime_days: "none",
        longest_lifetime_days: "60",
        previous_admin_role: "allowed",
        admin_role: "not_allowed",
        previous_revoke_unused_after_days: "none",
        revoke_unused_after_days: "90",
      },
    },
  ]);
  expect(await changesOf(group.scope)).toMatchObject([{ subjectId: group.id, subjectName: group.name }]);
});

test("only what changed is in the event, and a policy that is as before has none", async () => {
  const { group } = await createTenant();
  await savePolicy(group.admin, group.scope, policy, noPolicy);
  await savePolicy(group.admin, group.scope, { ...policy, revokeUnusedAfterDays: null }, policy);
  await setPolicy(group.admin, group.scope, {});
  const [, second, ...others] = await changesOf(group.scope);
  expect(second?.detail).toEqual({ previous_revoke_unused_after_days: "90", revoke_unused_after_days: "none" });
  expect(others).toEqual([]);
});

test("a policy that somebody has changed meanwhile is not overwritten", async () => {
  const { group } = await createTenant();
  await savePolicy(group.admin, group.scope, policy, noPolicy);
  for (const shown of [noPolicy, { ...policy, longestLifetimeDays: 61 }]) {
    const late = refusal(savePolicy(group.admin, group.scope, { ...noPolicy, longestLifetimeDays: 7 }, shown));
    expect(await late).toMatchObject({ code: "conflict", message: expect.stringContaining("meanwhile") });
  }
  expect((await getPolicy(group.admin, group.scope)).stored).toEqual(policy);
});

test("of two that save the first policy at the same time, one is refused", async () => {
  const { group } = await createTenant();
  const save = (longestLifetimeDays: number) =>
    savePolicy(group.admin, group.scope, { ...noPolicy, longestLifetimeDays }, noPolicy).then(
      () => "saved",
      (error) => error.code,
    );
  const release = await hold("select from groups where id = $1 for no key update", group.id);
  const saves = [save(10), save(20)];
  await release();
  expect((await Promise.all(saves)).toSorted()).toEqual(["conflict", "saved"]);
  expect(await changesOf(group.scope)).toHaveLength(1);
});

test("a group's policy can only be stricter than its organization's", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  await savePolicy(organizationAdmin, organization.scope, policy, noPolicy);
  await storePolicy(organization.id, group.scope, { allowsAdminRole: false });
  const before = (await getPolicy(group.admin, group.scope)).stored;
  const looser = { longestLifetimeDays: 61, allowsAdminRole: true, revokeUnusedAfterDays: 91 };
  expect(await refusal(savePolicy(group.admin, group.scope, looser, before))).toMatchObject({
    code: "invalid",
    errors: [
      {
        field: "longestLifetimeDays",
        message: "The organization's policy is 60 days. Enter at most that, or nothing.",
      },
      { field: "allowsAdminRole", message: "The organization's policy doesn't allow the admin role." },
      { field: "revokeUnusedAfterDays", message: expect.stringContaining("The organization's policy is 90 days") },
    ],
  });
  expect((await getPolicy(group.admin, group.scope)).stored).toEqual(before);
  for (const days of [60, 1]) await setPolicy(group.admin, group.scope, { longestLifetimeDays: days });
  await setPolicy(group.admin, group.scope, { revokeUnusedAfterDays: 90 });
  await setPolicy(group.admin, group.scope, noPolicyDays);
});

const noPolicyDays = { longestLifetimeDays: null, revokeUnusedAfterDays: null };

test("an organization's policy can only be stricter than the operator's limit, whatever its groups' say", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  await savePolicy(group.admin, group.scope, policy, noPolicy);
  const save = (days: number) => setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: days });
  expect(await refusal(save(366))).toMatchObject({
    code: "invalid",
    errors: [{ field: "longestLifetimeDays", message: expect.stringContaining("The operator's limit is 365 days") }],
  });
  for (const days of [365, 7, 100]) await save(days);
  expect((await getPolicy(organizationAdmin, organization.scope)).stored.longestLifetimeDays).toBe(100);
});

test("a stored looser policy stays where it is not changed, and the strictest bound counts", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  await savePolicy(group.admin, group.scope, { ...policy, allowsAdminRole: true }, noPolicy);
  const stricter = { longestLifetimeDays: 20, allowsAdminRole: false, revokeUnusedAfterDays: 30 };
  await savePolicy(organizationAdmin, organization.scope, stricter, noPolicy);
  expect(await getBounds(group.admin, group.scope)).toEqual({
    longestLifetime: { days: 20, from: "organization" },
    adminRoleRefusedBy: "organization",
    revokeUnused: { days: 30, from: "organization" },
  });
  await setPolicy(group.admin, group.scope, { revokeUnusedAfterDays: 25 });
  expect((await getPolicy(group.admin, group.scope)).stored).toEqual({
    longestLifetimeDays: 60,
    allowsAdminRole: true,
    revokeUnusedAfterDays: 25,
  });
  expect(await refusal(setPolicy(group.admin, group.scope, { longestLifetimeDays: 50 }))).toMatchObject({
    code: "invalid",
    errors: [{ field: "longestLifetimeDays" }],
  });
});

test("what a policy would hit is counted before it is saved: active tokens of the scope, each once", async () => {
  const { group } = await createTenant();
  const make = async (days: number, admin: boolean, created?: string) => {
    const token = await createToken(group.admin, group.scope, { admin, expiresAt: inDays(days) });
    if (created) await age(token.id, { created });
    return token;
  };
  await make(30, false);
  await make(30, true);
  await make(100, false);
  await make(100, true, "50 days");
  const revoked = await make(100, true, "50 days");
  await revokeAccessToken(group.admin, revoked.id);
  await expire((await make(1, true)).id);
  const count = async (input: Partial<typeof policy>) => {
    const { own, unused, ofGroups } = await tokensThatDontMeet(group.admin, group.scope, { ...noPolicy, ...input });
    return [own, unused, ofGroups];
  };
  expect(await count({})).toEqual([0, 0, 0]);
  expect(await count({ longestLifetimeDays: 60 })).toEqual([2, 0, 0]);
  expect(await count({ longestLifetimeDays: 120 })).toEqual([1, 0, 0]);
  expect(await count({ allowsAdminRole: false })).toEqual([2, 0, 0]);
  expect(await count({ revokeUnusedAfterDays: 50 })).toEqual([1, 1, 0]);
  expect(await count({ revokeUnusedAfterDays: 51 })).toEqual([0, 0, 0]);
  expect(await count({ longestLifetimeDays: 60, allowsAdminRole: false, revokeUnusedAfterDays: 50 })).toEqual([
    3, 1, 0,
  ]);
  expect((await getPolicy(group.admin, group.scope)).stored).toEqual(noPolicy);
});

test("a policy is counted together with the bounds from above", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  await createToken(group.admin, group.scope, { admin: true, expiresAt: inDays(100) });
  await savePolicy(organizationAdmin, organization.scope, { ...noPolicy, longestLifetimeDays: 30 }, noPolicy);
  expect(await tokensThatDontMeet(group.admin, group.scope, { ...noPolicy, revokeUnusedAfterDays: 5 })).toEqual({
    policy: { longestLifetimeDays: 30, allowsAdminRole: true, revokeUnusedAfterDays: 5 },
    own: 1,
    unused: 0,
    ofGroups: 0,
  });
});

test("an organization's count names its own tokens, and its groups' as a number", async () => {
  const tenant = await createTenant();
  const { group, otherGroup, organization, organizationAdmin } = tenant;
  for (const { admin, scope } of [group, group, otherGroup]) await createToken(admin, scope, { expiresAt: inDays(50) });
  await createToken(organizationAdmin, organization.scope, { expiresAt: inDays(50) });
  const input = { ...noPolicy, longestLifetimeDays: 30 };
  expect(await tokensThatDontMeet(organizationAdmin, organization.scope, input)).toMatchObject({ own: 1, ofGroups: 3 });
  expect(await tokensThatDontMeet(group.admin, group.scope, input)).toMatchObject({ own: 2, ofGroups: 0 });
});

test("a token that was made on the last day allowed meets the policy, and one of a day more does not", async () => {
  const { group } = await createTenant();
  const { id } = await createToken(group.admin, group.scope);
  const own = async (hours: number) => {
    await db
      .update(accessTokens)
      .set({ expiresAt: inHours(hours) })
      .where(eq(accessTokens.id, id));
    return (await tokensThatDontMeet(group.admin, group.scope, { ...noPolicy, longestLifetimeDays: 7 })).own;
  };
  const { createdAt } = await createToken(group.admin, group.scope, { expiresAt: inDays(1) });
  const inHours = (hours: number) => new Date(createdAt.getTime() + hours * 3_600_000);
  await db.update(accessTokens).set({ createdAt }).where(eq(accessTokens.id, id));
  expect([await own(7 * 24), await own(8 * 24), await own(8 * 24 + 2)]).toEqual([0, 0, 1]);
});

test("a group's policy goes with the group", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  await savePolicy(group.admin, group.scope, policy, noPolicy);
  await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
  expect(await db.select().from(policies).where(eq(policies.ownerId, group.id))).toEqual([]);
});
