import { and, eq, sql } from "drizzle-orm";
import { Client } from "pg";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db, pool } from "@/db/client";
import { accessTokens, memberships, runners, webhooks } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import type { Person } from "@/lib/auth/actor";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { asOwner } from "@/testing/database/database-owner";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { type AttentionKind, listAttention } from "./queries";

let tenant: Tenant;

beforeEach(async () => {
  tenant = await createTenant();
});

const days = (count: number) => sql`now() + make_interval(days => ${count})`;

/** Moves the token's instants; each is a number of days from now. */
async function move(
  { id }: { id: string },
  { created = -1, expires = 30, used }: { created?: number; expires?: number; used?: number },
): Promise<void> {
  const lastUsedAt = used === undefined ? null : days(used);
  await db
    .update(accessTokens)
    .set({ createdAt: days(created), expiresAt: days(expires), lastUsedAt })
    .where(eq(accessTokens.id, id));
}

async function groupToken(name: string, admin = false): Promise<TestToken> {
  return createToken(tenant.group.admin, tenant.group.scope, { name, admin });
}

type Access = { url?: string; failed?: string; expires?: number; removed?: boolean };

function addAccess(token: TestToken, { url, failed, expires, removed }: Access = {}): Promise<string> {
  return insertAccess(token, {
    ...(url && { providerUrl: url }),
    ...(failed && { checkCode: "credential_rejected", checkMessage: failed }),
    ...(expires !== undefined && { tokenExpiresAt: days(expires) }),
    ...(removed && { removedAt: sql`now()` }),
  });
}

type StuckRunner = { state?: "registered" | "unregistering"; attempts?: number; lastError?: string };

async function addRunner(token: TestToken, accessId: string, runner: StuckRunner): Promise<void> {
  const { organizationId, id: accessTokenId } = token;
  await db
    .insert(runners)
    .values({ organizationId, accessTokenId, accessId, tags: [], state: "unregistering", ...runner });
}

async function seenBy(person: Person): Promise<Partial<Record<AttentionKind, string[]>>> {
  const found = await listAttention(person);
  return Object.fromEntries(found.map(({ kind, items }) => [kind, items.map(({ subject }) => subject.name)]));
}

test("nothing is listed where nothing needs attention", async () => {
  const { group } = tenant;
  const token = await groupToken("fine", true);
  const access = await addAccess(token, { expires: 15 });
  await addRunner(token, access, { state: "registered" });
  await addRunner(token, access, { attempts: 0, lastError: "Not found yet." });
  expect(await listAttention(group.admin)).toEqual([]);
});

test("lists active tokens that expire within seven days, the first to expire first", async () => {
  const { group } = tenant;
  for (const [name, expires] of [
    ["in six", 6],
    ["in one", 1],
    ["in eight", 8],
  ] as const) {
    await move(await groupToken(name), { expires });
  }
  const revoked = await groupToken("revoked");
  await move(revoked, { expires: 2 });
  await revokeAccessToken(group.admin, revoked.id);
  await expire((await groupToken("expired")).id);
  const [found, ...others] = await listAttention(group.admin);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: "expiring_token", others: 0, isMore: false });
  expect(found?.items.map(({ subject }) => subject.name)).toEqual(["in one", "in six"]);
  expect(found?.items[0]).toMatchObject({
    owner: { organizationId: tenant.organization.id, groupId: group.id, name: group.name },
    at: expect.any(Date),
    amount: 1,
  });
  expect(Math.abs((found?.items[0]?.at?.getTime() ?? 0) - Date.now() - 86_400_000)).toBeLessThan(3_600_000);
});

test("lists credentials that failed their check or expire within fourteen days, once each", async () => {
  const token = await groupToken("nightly");
  await addAccess(token, { url: "https://both.example", failed: "It was revoked.", expires: 3 });
  await addAccess(token, { url: "https://expiring.example", expires: 13 });
  await addAccess(token, { url: "https://failed.example", failed: "A scope is missing.", expires: 100 });
  await addAccess(token, { url: "https://later.example", expires: 15 });
  await addAccess(token, { url: "https://removed.example", failed: "It was revoked.", removed: true });
  const ended = await groupToken("ended");
  await addAccess(ended, { failed: "It was revoked." });
  await expire(ended.id);
  const [found] = await listAttention(tenant.group.admin);
  expect(found?.kind).toBe("credential");
  const items = found?.items.map(({ providerUrl, reason, at }) => ({ providerUrl, reason, expires: at !== null }));
  expect(items).toEqual([
    { providerUrl: "https://both.example", reason: "It was revoked.", expires: true },
    { providerUrl: "https://expiring.example", reason: null, expires: true },
    { providerUrl: "https://failed.example", reason: "A scope is missing.", expires: false },
  ]);
});

test("lists runners whose unregistration failed, together for a token and provider", async () => {
  const { group } = tenant;
  const token = await groupToken("bench");
  const access = await addAccess(token);
  await addRunner(token, access, { attempts: 1, lastError: "GitLab does not answer." });
  await addRunner(token, access, { attempts: 7, lastError: "GitLab refuses the credential." });
  await revokeAccessToken(group.admin, token.id);
  const [found] = await listAttention(group.admin);
  expect(found).toMatchObject({ kind: "runner", items: [{ subject: { name: "bench" }, amount: 2 }] });
  expect(found?.items[0]?.reason).toBe("GitLab refuses the credential.");
});

test("lists runners of deleted tokens where the token was, and the organization's if the group is gone", async () => {
  const { group, otherGroup, organization, organizationAdmin } = tenant;
  const [gone, kept] = [await groupToken("gone"), await groupToken("kept")];
  for (const token of [gone, gone, kept]) {
    await addRunner(token, await addAccess(gone, { removed: true }), { attempts: 2, lastError: "It was refused." });
  }
  await deleteAccessToken(group.admin, gone.id);
  const runnersOf = async (person: Person) => {
    const found = await listAttention(person);
    return found.flatMap(({ kind, items }) => (kind === "runner" ? items : []));
  };
  const listed = (owner: { id: string; name: string }) => [
    { subject: { id: gone.id, name: "gone", isDeleted: true }, amount: 2, owner: { name: owner.name } },
    { subject: { id: kept.id, name: "kept", isDeleted: owner !== group }, amount: 1, owner: { name: owner.name } },
  ];
  expect(await runnersOf(group.admin)).toMatchObject(listed(group));
  for (const other of [otherGroup.admin, organizationAdmin, group.user]) expect(await runnersOf(other)).toEqual([]);

  await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
  expect(await runnersOf(organizationAdmin)).toMatchObject(listed(organization));
  for (const other of [otherGroup.admin, group.admin]) expect(await runnersOf(other)).toEqual([]);
});

test("lists active admin tokens that were not used for ninety days, the longest idle first", async () => {
  const { group } = tenant;
  await move(await groupToken("used long ago", true), { created: -300, used: -91 });
  await move(await groupToken("never used", true), { created: -100 });
  await move(await groupToken("new", true), { created: -80 });
  await move(await groupToken("in use", true), { created: -300, used: -2 });
  await move(await groupToken("a user's", false), { created: -300 });
  const expired = await groupToken("expired", true);
  await move(expired, { created: -300, expires: -1 });
  const revoked = await groupToken("revoked", true);
  await move(revoked, { created: -300 });
  await revokeAccessToken(group.admin, revoked.id);
  const [found, ...others] = await listAttention(group.admin);
  expect(others).toEqual([]);
  expect(found?.kind).toBe("idle_admin_token");
  expect(found?.items.map(({ subject, neverUsed }) => [subject.name, neverUsed])).toEqual([
    ["never used", true],
    ["used long ago", false],
  ]);
});

test("lists paused webhooks by their host, the longest paused first", async () => {
  const { group, organization, organizationAdmin } = tenant;
  const { id: organizationId } = organization;
  const webhook = { organizationId, events: ["credential.failed" as const], sealedSecret: Buffer.from("sealed") };
  const pausedAt = (before: number) => days(-before);
  await db.insert(webhooks).values([
    { ...webhook, groupId: group.id, url: "https://later.example/hook?key=1", pausedAt: pausedAt(1) },
    { ...webhook, groupId: group.id, url: "https://first.example:8443", pausedAt: pausedAt(2) },
    { ...webhook, groupId: group.id, url: "https://working.example/hook" },
    { ...webhook, url: "https://organization.example/hook", pausedAt: pausedAt(1) },
  ]);
  expect(await seenBy(group.admin)).toEqual({ webhook: ["first.example:8443", "later.example"] });
  expect(await seenBy(organizationAdmin)).toEqual({ webhook: ["organization.example"] });
  expect(await seenBy(group.user)).toEqual({});
});

describe("who sees what", () => {
  beforeEach(async () => {
    const { organizationAdmin, organization, group } = tenant;
    const owned = [
      await createToken(group.admin, group.scope, { name: "the group's", admin: true }),
      await createToken(organizationAdmin, organization.scope, { name: "the organization's", admin: true }),
    ];
    for (const token of owned) {
      await move(token, { created: -200, expires: 3 });
      const access = await addAccess(token, { failed: "It was revoked." });
      await addRunner(token, access, { attempts: 3, lastError: "It was refused." });
    }
  });

  const all = (name: string) => ({
    expiring_token: [name],
    credential: [name],
    runner: [name],
    idle_admin_token: [name],
  });

  test("a group admin sees the group's, an organization admin the organization's own", async () => {
    const { group, organizationAdmin } = tenant;
    expect(await seenBy(group.admin)).toEqual(all("the group's"));
    expect(await seenBy(organizationAdmin)).toEqual(all("the organization's"));
  });

  test("others see nothing", async () => {
    const { group, otherGroup } = tenant;
    const stranger = (await createTenant()).organizationAdmin;
    for (const person of [group.user, otherGroup.admin, stranger]) expect(await seenBy(person)).toEqual({});
  });

  test("a role that is taken takes the sight with it, and one that is given gives it", async () => {
    const { group, organization } = tenant;
    await db
      .update(memberships)
      .set({ role: "group_user" })
      .where(and(eq(memberships.userId, group.admin.userId), eq(memberships.groupId, group.id)));
    expect(await seenBy(group.admin)).toEqual({});
    const both = await createPerson(organization.id, "organization_admin", { [group.id]: "group_admin" });
    expect((await seenBy(both)).credential?.sort()).toEqual(["the group's", "the organization's"]);
  });
});

test("shows twenty of a kind and says how many others there are, up to a hundred", async () => {
  const { group } = tenant;
  const tokens: TestToken[] = [];
  for (let place = 0; place < 23; place++) {
    const token = await groupToken(`token ${place}`);
    await move(token, { expires: 1 + (place % 5) });
    tokens.push(token);
  }
  const [some] = await listAttention(group.admin);
  expect(some?.items).toHaveLength(20);
  expect(some).toMatchObject({ others: 3, isMore: false });
  const [{ id } = { id: "" }] = tokens;
  await asOwner(async (owner) => {
    await owner.query("set session_replication_role = replica");
    await owner.query(
      `insert into access_tokens (id, organization_id, group_id, technical_user_id, name, name_key, search_key, is_admin,
         token_suffix, created_by_id, created_at, expires_at)
       select 'tok_more_' || i, organization_id, group_id, 'usr_more_' || i, 'more ' || i, 'more ' || i, 'more ' || i,
         false, 'abcd', created_by_id, created_at, now() + interval '2 days'
       from access_tokens, generate_series(1, 100) i where id = $1`,
      [id],
    );
  });
  expect((await listAttention(group.admin))[0]).toMatchObject({ others: 80, isMore: true });
});

test("a thousand groups take one statement, which reads ranges of indexes and no whole table", async () => {
  const { organization, group } = tenant;
  const [groups, tokens] = [1000, 20];
  await asOwner(async (owner) => {
    await owner.query("set session_replication_role = replica");
    await owner.query(
      `with made as (
         insert into groups (id, organization_id, name, name_key)
         select 'grp_many_' || i, $1, 'Many ' || i, 'many ' || i from generate_series(1, $3::int) i returning id
       )
       insert into memberships (id, organization_id, group_id, user_id, kind, role)
       select 'mem_' || id, $1, id, $2, 'person', 'group_admin' from made`,
      [organization.id, group.admin.userId, groups],
    );
    await owner.query(
      `insert into access_tokens (id, organization_id, group_id, technical_user_id, name, name_key, search_key, is_admin,
         token_suffix, created_by_id, created_at, expires_at, last_used_at)
       select 'tok_many_' || i || '_' || j, $1, 'grp_many_' || i, 'usr_many_' || i || '_' || j, 'token ' || j,
         'token ' || j, 'token ' || j, j % 3 = 0, 'abcd', $2, now() - interval '1 year',
         now() + make_interval(days => 20 + j), now() - interval '1 hour'
       from generate_series(1, $3::int) i, generate_series(1, $4::int) j`,
      [organization.id, group.admin.userId, groups, tokens],
    );
    await owner.query(
      `update access_tokens set expires_at = now() + interval '1 day', last_used_at = now() - interval '100 days'
       where id in ('tok_many_7_3', 'tok_many_900_6')`,
    );
    await owner.query("analyze access_tokens, memberships, groups");
  });
  const asked = vi.spyOn(Client.prototype, "query");
  expect(await seenBy(group.admin)).toEqual({
    expiring_token: ["token 3", "token 6"],
    idle_admin_token: ["token 3", "token 6"],
  });
  const calls = asked.mock.calls.filter(([query]: unknown[]) => typeof query === "object");
  asked.mockRestore();
  expect(calls).toHaveLength(1);
  const [[query, values] = []] = calls as unknown as [{ text: string }, unknown[]][];
  const { rows } = await pool.query(`explain (format json) ${query?.text}`, values);
  const plan = JSON.stringify(rows);
  expect(plan).toMatch(/access_tokens_expiring|access_tokens_by_expires/);
  expect(plan).toContain("access_tokens_idle_admins");
  expect(plan).not.toMatch(/"Seq Scan"[^{}]*"Relation Name":"access_tokens"/);
});

test("a token's copy of its role follows its technical user", async () => {
  const { admin, scope } = tenant.group;
  const { id, technicalUser } = await createToken(admin, scope, { admin: true });
  const isAdmin = async () => (await db.select().from(accessTokens).where(eq(accessTokens.id, id)))[0]?.isAdmin;
  const give = (role: "group_admin" | "group_user") =>
    db.update(memberships).set({ role }).where(eq(memberships.userId, technicalUser.id));
  expect(await isAdmin()).toBe(true);
  await give("group_user");
  expect(await isAdmin()).toBe(false);
  await give("group_admin");
  expect(await isAdmin()).toBe(true);
});
