import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { registerSessionRunner } from "@/lib/runners/register";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { refusal } from "@/testing/refusal";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab, usual } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { addAccess, addAccessInput } from "./add";
import { editAccess } from "./edit";
import { getAccess } from "./queries";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let tenant: Tenant;
let token: TestToken;
let accessId: string;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  Object.assign(gitlab.state, usual);
  gitlab.runners.clear();
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const target = { tokenScope: "project", targetId: "123", runUntagged: true };
  accessId = (await add({ ...input, ...target })).id;
});

const add = (input: object) => addAccess(tenant.group.admin, tenant.group.scope, token.id, addAccessInput.parse(input));
const edit = (input: Parameters<typeof editAccess>[4], actor = tenant.group.admin) =>
  editAccess(actor, tenant.group.scope, token.id, accessId, input);
const register = (tags: string[] = []) => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags });
const current = () => getAccess(tenant.group.admin, tenant.group.scope, token.id, accessId);

test("an actor who may not manage the token changes nothing, nor does its own technical user", async () => {
  const before = [await current(), await eventsOn(token.id)];
  expect(await refusal(edit({ runUntagged: false }, tenant.group.user))).toMatchObject({ code: "not_found" });
  expect(await refusal(edit({ runUntagged: false }, tenant.otherGroup.admin))).toMatchObject({ code: "not_found" });
  const byItself = editAccess(token.actor, tenant.group.scope, token.id, accessId, { allowedTags: ["gpu"] });
  expect(await refusal(byItself)).toMatchObject({ code: "forbidden" });
  expect([await current(), await eventsOn(token.id)]).toEqual(before);
});

test.each<[string, Parameters<typeof editAccess>[4], string[]]>([
  ["untagged jobs are turned off", { runUntagged: false }, []],
  ["its tags are no longer allowed", { allowedTags: ["gpu"] }, ["bench"]],
])("a runner is removed if %s before GitLab's answer is recorded", async (_what, change, tags) => {
  gitlab.failWith("answer_held");
  const asked = refusal(register(tags));
  await expect.poll(() => gitlab.runners.size).toBe(1);
  await edit(change);
  gitlab.failWith(undefined);
  expect(await asked).toMatchObject({ code: "conflict", message: expect.stringContaining("changed") });
  expect(await unregisterDueRunners()).toBe(1);
  expect(gitlab.runners.size).toBe(0);
  expect(await db.select().from(runners).where(eq(runners.accessId, accessId))).toEqual([]);
});

test("a registration right after the change uses the new settings", async () => {
  const commit = await hold("update version_control_accesses set run_untagged = false where id = $1", accessId);
  const asked = register();
  await waitForLockWaiters(1);
  await commit();
  expect((await asked).tags).toEqual(["vehaas"]);
  expect([...gitlab.runners.values()]).toMatchObject([{ runUntagged: false }]);
});

test("existing runners keep their settings", async () => {
  await register(["bench"]);
  await edit({ allowedTags: ["gpu"], runUntagged: false });
  expect([...gitlab.runners.values()]).toMatchObject([{ tags: ["bench"] }]);
  expect(await unregisterDueRunners()).toBe(0);
});

test("an access that is gone or was changed since the form was opened is not changed", async () => {
  const { version } = await current();
  await edit({ allowedTags: ["gpu"] });
  const { group } = tenant;
  const stale = editAccess(group.admin, group.scope, token.id, accessId, { allowedTags: [] }, [version]);
  expect(await refusal(stale)).toMatchObject({ code: "precondition_failed" });
  await db.update(versionControlAccesses).set({ removedAt: new Date() }).where(eq(versionControlAccesses.id, accessId));
  expect(await refusal(edit({ allowedTags: [] }))).toMatchObject({ code: "not_found" });
});

test("the database refuses untagged jobs at GitHub", async () => {
  const row = db.update(versionControlAccesses).set({ providerType: "github" });
  await expect(row.where(eq(versionControlAccesses.id, accessId))).rejects.toThrow();
});
