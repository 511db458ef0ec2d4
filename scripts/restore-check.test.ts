import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, expect, inject, onTestFinished, test, vi } from "vitest";
import { changeAccessTokens } from "@/lib/access-tokens/change-many";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { exportAuditEvents } from "@/lib/audit-log/export";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { createCalendar, revokeCalendar } from "@/lib/calendars/change";
import { removeVariable, setVariable } from "@/lib/environment-variables/change";
import { changeMemberRole, removeMember } from "@/lib/members/in-group";
import { noPolicy } from "@/lib/policies/policy";
import { savePolicy } from "@/lib/policies/save";
import { removeTrustedPipeline } from "@/lib/trusted-pipelines/remove";
import { createToken, inDays } from "@/testing/access-tokens";
import { createDatabase, dropDatabase, newDatabaseName } from "@/testing/database/database";
import { environmentWith, query } from "@/testing/database/logins";
import { leak } from "@/testing/leaks/leak";
import { addPipeline } from "@/testing/pipelines/pipelines";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Ended = { code: number; stdout: string; stderr: string };

function check(restored: string, { given = [], input = "" }: { given?: string[]; input?: string }): Promise<Ended> {
  const call = ["--import", "tsx", "scripts/restore-check.ts", ...given];
  const env = {
    ...process.env,
    DATABASE_URL: restored,
    DATABASE_ROLE: "",
    LOG_LEVEL: "fatal",
    AUTH_URL: "https://tokens.example.com",
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, call, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** A copy of the database's files, as of now. PostgreSQL copies only a database without connections. */
async function backUp(): Promise<string> {
  const original = new URL(process.env.DATABASE_URL ?? "").pathname.slice(1);
  const name = newDatabaseName();
  onTestFinished(() => dropDatabase(inject("serverUrl"), name));
  await query(
    inject("serverUrl"),
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${original}'`,
  );
  return createDatabase(inject("serverUrl"), name, original);
}

async function exportOf(actor: Actor, scope: Scope): Promise<string> {
  await sealPendingEvents();
  const { chunks } = await exportAuditEvents(actor, scope, {}, "jsonl");
  return text(chunks);
}

const exports = async ({ organizationAdmin, organization, group, otherGroup }: Tenant) => ({
  organization: await exportOf(organizationAdmin, organization.scope),
  group: await exportOf(group.admin, group.scope),
  otherGroup: await exportOf(otherGroup.admin, otherGroup.scope),
});

async function makeScene() {
  const tenant = await createTenant();
  const { group, organization } = tenant;
  const { admin, scope } = group;
  const make = (name: string) => createToken(admin, scope, { name, expiresAt: inDays(100) });
  const tokens = {
    kept: await make("kept"),
    revoked: await make("revoked"),
    deleted: await make("deleted"),
    rotated: await make("rotated"),
    leaked: await make("leaked"),
    shortened: await make("shortened"),
    undone: await make("undone"),
  };
  const pipeline = await addPipeline(admin, tokens.kept.id);
  await setVariable(admin, tokens.kept.id, { name: "LICENSE", value: "secret" });
  await createCalendar(admin, scope);
  const leaver = await createPerson(organization.id, "organization_user", { [group.id]: "group_user" });
  const demoted = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
  return { tenant, tokens, pipeline, leaver, demoted };
}

type Scene = Awaited<ReturnType<typeof makeScene>>;

async function changeEverything({ tenant, tokens, pipeline, leaver, demoted }: Scene): Promise<void> {
  const { admin, scope } = tenant.group;
  const change = (kind: "revoke" | "reactivate" | "delete", ...those: { id: string; revision: string }[]) =>
    changeAccessTokens(
      admin,
      scope,
      kind,
      those.map(({ id, revision }) => ({ id, revision })),
    );
  await change("revoke", tokens.revoked);
  await change("delete", tokens.deleted);
  await change("reactivate", ...(await change("revoke", tokens.undone)));
  await rotateAccessToken(admin, tokens.rotated.id, { oldSecret: "now" });
  await rotateAccessToken(admin, tokens.shortened.id, { oldSecret: "now", expiresAt: inDays(5) });
  await leak(tokens.leaked.secret);
  await removeTrustedPipeline(admin, tokens.kept.id, pipeline.id);
  await removeVariable(admin, tokens.kept.id, { name: "LICENSE" });
  await revokeCalendar(admin, scope);
  await removeMember(admin, scope, leaver.userId);
  await changeMemberRole(admin, scope, demoted.userId, "group_user");
  await savePolicy(admin, scope, { ...noPolicy, allowsAdminRole: false, longestLifetimeDays: 30 }, noPolicy);
  await createToken(tenant.organizationAdmin, tenant.organization.scope, { name: "made later" });
}

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene();
});

test("after a restore npm run restore:check lists what has to be done again, until it was done", async () => {
  await sealPendingEvents();
  const restored = await backUp();
  await changeEverything(scene);
  const { tenant, tokens, pipeline, leaver, demoted } = scene;
  const files = await exports(tenant);
  const folder = await mkdtemp(join(tmpdir(), "vehaas-exports-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const given = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    }),
  );

  // The log of one group is missing in the second: its positions are.
  const [found, partly] = await Promise.all([
    check(restored, { given }),
    check(restored, { input: files.organization + files.otherGroup }),
  ]);
  expect({ ...found, stdout: "" }).toEqual({ code: 1, stdout: "", stderr: "" });
  const token = ({ name, id }: { name: string; id: string }) => `the access token “${name}” (${id})`;
  const lines = found.stdout.split("\n");
  const what = lines
    .filter((line) => /^\d+\. /.test(line))
    .map((line) => line.replace(/^\d+\. (.*?)\. \w+\.\w+ at .*$/, "$1"));
  expect(what).toEqual([
    `Rotate ${token(tokens.leaked)}, whose secret …${tokens.leaked.tokenSuffix} leaked, and end that now`,
    `Delete ${token(tokens.deleted)}`,
    `Revoke ${token(tokens.revoked)}`,
    `Rotate ${token(tokens.rotated)}, and end its old secret …${tokens.rotated.tokenSuffix} now`,
    `Rotate ${token(tokens.shortened)}, and end its old secret …${tokens.shortened.tokenSuffix} now`,
    `Remove the member “${leaver.name}” (${leaver.userId}), who is group_user again`,
    `Change the role of the member “${demoted.name}” (${demoted.userId}), who is group_admin again, to group_user`,
    `Remove the trusted pipeline of test/test-project (${pipeline.id}) from ${token(tokens.kept)}`,
    expect.stringMatching(/^Rotate the access token “shortened” \(\w+\) to let it expire at \S+Z, or revoke it$/),
    `Save the policy of “${tenant.group.name}” (${tenant.group.id}) with longest_lifetime_days 30`,
    `Save the policy of “${tenant.group.name}” (${tenant.group.id}) with admin_role not_allowed`,
    `Remove the environment variable LICENSE of ${token(tokens.kept)}`,
    expect.stringMatching(/^Revoke the calendar link of “/),
  ]);
  expect(lines[3]).toMatch(
    new RegExp(
      `access_token.revoked at \\S+Z by “${tenant.group.admin.name}”. https://tokens.example.com/groups/${tenant.group.id}/access-tokens/${tokens.revoked.id}$`,
    ),
  );
  expect(lines.at(-2)).toBe("Left to do again: 13.");
  expect(found.stdout).not.toContain("Not covered");

  expect(partly).toMatchObject({ code: 1, stderr: "" });
  expect(partly.stdout).toMatch(
    new RegExp(`Not covered: ${tenant.organization.id} “.*”: no export has the positions [\\d to,]+\\. Export the log`),
  );
  expect(partly.stdout).toContain("\nNothing that these exports have is left to do again, but they do not cover");

  await redo(restored);
  const done = await check(restored, { given });
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(done.stdout).toMatch(
    /^Read \d+ events that the restored database lacks\.\nCovered until \S+Z: org_.*\nNothing is left to do again\.\n$/,
  );
});

/** The commands on the restored database, as an admin does them by the list. */
async function redo(restored: string): Promise<void> {
  await environmentWith({ DATABASE_URL: restored });
  const [many, rotation, calendars, variables, members, policies, pipelines, queries, seal] = await Promise.all([
    import("@/lib/access-tokens/change-many"),
    import("@/lib/access-tokens/rotation/rotate"),
    import("@/lib/calendars/change"),
    import("@/lib/environment-variables/change"),
    import("@/lib/members/in-group"),
    import("@/lib/policies/save"),
    import("@/lib/trusted-pipelines/remove"),
    import("@/lib/access-token-list/queries"),
    import("@/lib/audit/chain/seal"),
  ]);
  const { tenant, tokens, pipeline, leaver, demoted } = scene;
  const { admin, scope } = tenant.group;
  const { items } = await queries.listAccessTokens(admin, scope, { limit: 100 });
  const now = (...names: string[]) =>
    items.filter(({ name }) => names.includes(name)).map(({ id, revision }) => ({ id, revision }));
  await many.changeAccessTokens(admin, scope, "revoke", now("revoked"));
  await many.changeAccessTokens(admin, scope, "delete", now("deleted"));
  for (const { id } of [tokens.leaked, tokens.rotated]) {
    await rotation.rotateAccessToken(admin, id, { oldSecret: "now" });
  }
  await rotation.rotateAccessToken(admin, tokens.shortened.id, { oldSecret: "now", expiresAt: inDays(4) });
  await pipelines.removeTrustedPipeline(admin, tokens.kept.id, pipeline.id);
  await variables.removeVariable(admin, tokens.kept.id, { name: "LICENSE" });
  await calendars.revokeCalendar(admin, scope);
  await members.removeMember(admin, scope, leaver.userId);
  await members.changeMemberRole(admin, scope, demoted.userId, "group_user");
  await policies.savePolicy(admin, scope, { ...noPolicy, allowsAdminRole: false, longestLifetimeDays: 30 }, noPolicy);
  await seal.sealPendingEvents();
}
