import { eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, memberships, runners, users, versionControlAccesses } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { setVariable } from "@/lib/environment-variables/change";
import { listVariables } from "@/lib/environment-variables/queries";
import { addMember } from "@/lib/members/in-group";
import { listPeople } from "@/lib/members/queries";
import { registerSessionRunner } from "@/lib/runners/register";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { listAccesses } from "@/lib/version-control/queries";
import { createToken, type TestToken, tokenInput } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { asOwner, everyRow } from "@/testing/database/database-owner";
import { countDeadlocks, hold, waitForLockWaiters } from "@/testing/database/locks";
import { outcomes, refusal } from "@/testing/refusal";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { deleteGroup, getGroupContents } from "./delete";
import { getGroup } from "./queries";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab({ subPath: "/gitlab" });
});
afterAll(() => gitlab.close());

const deleteIt = ({ organizationAdmin, organization, group }: Tenant, name = group.name) =>
  deleteGroup(organizationAdmin, organization.scope, group.id, { name });

/** A token of the group with a variable, an access and a runner. */
async function tokenWithEverything({ admin, scope }: Tenant["group"]): Promise<TestToken> {
  const token = await createToken(admin, scope);
  await setVariable(admin, token.id, { name: "PASSWORD", value: "secret" });
  const access = { providerType: "gitlab", providerUrl: gitlab.url, tokenScope: "project", targetId: "123" };
  await addAccess(admin, token.id, addAccessInput.parse({ ...access, token: gitlabToken("projectBot") }));
  await registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: [] });
  return token;
}

test("deletes all that belongs to the group, unregisters its runners, and keeps technical users' names", async () => {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group, otherGroup } = tenant;
  const gone = [await tokenWithEverything(group), await tokenWithEverything(group)];
  const kept = await tokenWithEverything(otherGroup);
  const contents = { accessTokens: 2, members: 2, runners: 2 };
  expect(await getGroupContents(organizationAdmin, organization.scope, group.id)).toEqual(contents);

  await deleteIt(tenant);

  expect(await refusal(getGroup(organizationAdmin, group.id))).toMatchObject({ code: "not_found" });
  expect(await refusal(getGroup(group.admin, group.id))).toMatchObject({ code: "not_found" });
  for (const { secret } of gone) expect(await authenticateAccessToken(secret)).toBeUndefined();
  const ids = new RegExp(gone.map(({ id }) => id).join("|"));
  const { runners: remaining, ...others } = await rowsWithoutLog();
  expect(JSON.stringify(others), "only runners refer to a token that is gone").not.toMatch(ids);
  expect(remaining?.filter((row) => ids.test(row))).toHaveLength(2);
  const names = gone.map(({ actor }) => actor.name);
  expect(await db.$count(users, inArray(users.name, names))).toBe(2);
  const detail = { access_tokens: "2", members: "2", runners: "2" };
  expect(await eventsOn(group.id)).toEqual([{ action: "group.deleted", actorId: organizationAdmin.userId, detail }]);

  expect(await unregisterDueRunners()).toBe(2);
  expect(JSON.stringify(await rowsWithoutLog()), "no row refers to a token that is gone").not.toMatch(ids);
  expect(await db.$count(runners)).toBe(1);
  expect(await db.$count(versionControlAccesses)).toBe(1);
  expect(await authenticateAccessToken(kept.secret)).toBeDefined();
  expect(await listAccesses(otherGroup.admin, kept.id)).toHaveLength(1);
  expect((await listVariables(otherGroup.admin, kept.id)).variables).toHaveLength(1);
  const { items } = await listPeople(organizationAdmin, organization.scope);
  expect(items.map(({ id }) => id)).toContain(group.admin.userId);
});

test("a repeated creation request finds no group", async () => {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const again = () => createAccessToken(admin, scope, { ...input }, "0".repeat(32));
  const input = tokenInput();
  await again();
  await deleteIt(tenant);
  expect(await refusal(again())).toMatchObject({ code: "not_found" });
});

test("requires the group's name, in any case", async () => {
  const tenant = await createTenant();
  const before = await everyRow();
  for (const name of ["", tenant.otherGroup.name, `${tenant.group.name}x`, "\0"]) {
    expect(await refusal(deleteIt(tenant, name))).toMatchObject({ code: "invalid", errors: [{ field: "name" }] });
  }
  expect(await everyRow()).toEqual(before);
  await deleteIt(tenant, ` ${tenant.group.name.toUpperCase()} `);
  expect(await eventsOn(tenant.group.id)).toHaveLength(1);
});

test("only organization admins see a group's contents before its deletion", async () => {
  const { organization, group } = await createTenant();
  const contents = (actor: Parameters<typeof getGroupContents>[0]) =>
    refusal(getGroupContents(actor, organization.scope, group.id));
  expect(await contents(group.admin)).toMatchObject({ code: "forbidden" });
  expect(await contents((await createTenant()).organizationAdmin)).toMatchObject({ code: "not_found" });
});

test("waits for a token that is being created, and deletes it", async () => {
  const tenant = await createTenant();
  const { admin, scope, id } = tenant.group;
  const release = await hold("lock table access_tokens in share mode");
  const creation = createAccessToken(admin, scope, tokenInput());
  await waitForLockWaiters(1);
  const deletion = deleteIt(tenant);
  await waitForLockWaiters(2);
  await release();
  await creation;
  await deletion;
  expect(await db.$count(accessTokens, eq(accessTokens.ownerId, id))).toBe(0);
  expect(await eventsOn(id)).toMatchObject([{ detail: { access_tokens: "1" } }]);
});

test("waits for an organization token that is deleting one of its tokens, without a deadlock", async () => {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group } = tenant;
  const { actor } = await createToken(organizationAdmin, organization.scope, { admin: true });
  const { id, actor: technicalUser } = await tokenWithEverything(group);
  const release = await hold("select from version_control_accesses where access_token_id = $1 for update", id);
  const deletions = [deleteAccessToken(actor, id)];
  await waitForLockWaiters(1);
  deletions.push(deleteIt(tenant));
  await waitForLockWaiters(2);
  const membership = db.select().from(memberships).where(eq(memberships.userId, technicalUser.userId));
  expect(await membership.for("update", { noWait: true })).toHaveLength(1);
  await release();
  expect(await outcomes(deletions)).toEqual({ done: 2 });
  expect(await eventsOn(group.id)).toMatchObject([{ detail: { access_tokens: "0" } }]);
});

test("leaves nothing during creations and member changes, without a deadlock", async () => {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group } = tenant;
  const people = await Promise.all(Array.from({ length: 4 }, () => createPerson(organization.id, "organization_user")));
  const deadlocks = await countDeadlocks();
  const ended = await outcomes([
    ...Array.from({ length: 10 }, () => createAccessToken(group.admin, group.scope, tokenInput())),
    ...people.map(({ email }) => addMember(organizationAdmin, group.scope, { email, role: "group_user" })),
    deleteIt(tenant),
    deleteIt(tenant),
    ...Array.from({ length: 10 }, () => createAccessToken(group.admin, group.scope, tokenInput())),
  ]);
  expect(Object.keys(ended).sort()).toEqual(["done", "not_found"]);
  expect(await eventsOn(group.id)).toHaveLength(1);
  expect(await refusal(listAccessTokens(group.admin, group.scope))).toMatchObject({ code: "not_found" });
  expect(await db.$count(accessTokens, eq(accessTokens.ownerId, group.id))).toBe(0);
  expect(await countDeadlocks()).toBe(deadlocks);
});

test("reads no whole table of tokens or messages for rows that refer to the group", async () => {
  const { otherGroup } = await createTenant();
  await asOwner(async (owner) => {
    await owner.query("begin");
    // So that small tables are read by an index, too, where they have one.
    await owner.query("set local enable_seqscan = off");
    await owner.query("delete from groups where id = $1", [otherGroup.id]);
    const { rows } = await owner.query(
      `select relname as name, seq_scan::int as scans from pg_stat_xact_user_tables
       where relname in ('access_tokens', 'memberships', 'notifications', 'notification_emails') order by 1`,
    );
    await owner.query("rollback");
    const tables = ["access_tokens", "memberships", "notification_emails", "notifications"];
    expect(rows).toEqual(tables.map((name) => ({ name, scans: 0 })));
  });
});

/** All rows except audit events, and idempotency keys, which expire after a day. */
async function rowsWithoutLog() {
  const { audit_events: _events, idempotency_keys: _keys, ...rest } = await everyRow();
  return rest;
}
