import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { DomainError } from "@/lib/errors";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { removeAccess } from "@/lib/version-control/change";
import { listRunners } from "@/lib/version-control/queries";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { refusal } from "@/testing/refusal";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { registerSessionRunner } from "./register";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let group: Tenant["group"];
let token: TestToken;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  gitlab.runners.clear();
  gitlab.requests.length = 0;
  gitlab.state.registrationEnabled = true;
  group = (await createTenant()).group;
  token = await createToken(group.admin, group.scope);
});

async function add(kind: Parameters<typeof gitlabToken>[0]): Promise<string> {
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken(kind) };
  const target = { tokenScope: "project", targetId: "123" };
  const parsed = addAccessInput.parse({ ...input, ...target });
  return (await addAccess(group.admin, group.scope, token.id, parsed)).id;
}

const register = () => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: ["bench"] });

const storedAccess = (id: string) => db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id));

/** GitLab has decided to refuse the registration but not yet answered; `asked` ends with the refusal. */
async function heldRefusal() {
  gitlab.state.registrationEnabled = false;
  gitlab.requests.length = 0;
  gitlab.failWith("answer_held");
  const asked = refusal(register());
  await expect.poll(() => gitlab.requests.map(({ path }) => path)).toContain("/api/v4/user/runners");
  return { asked };
}

type Change = (accessId: string) => Promise<unknown>;
const changes: [string, Change][] = [
  ["the token is revoked", () => revokeAccessToken(group.admin, group.scope, token.id)],
  ["its access is removed", (accessId) => removeAccess(group.admin, group.scope, token.id, accessId)],
  ["the token is deleted", () => deleteAccessToken(group.admin, group.scope, token.id)],
];
const credentials = ["projectBot", "createRunnerOnly"] as const;

// A credential that may only create can't look up runners: without the runner's own token it would stay.
test.each(changes.flatMap(([what, change]) => credentials.map((kind) => [what, kind, change] as const)))(
  "the caller gets conflict and the runner is removed if %s before GitLab's answer arrives (%s)",
  async (_what, kind, change) => {
    const accessId = await add(kind);
    gitlab.failWith("answer_held");
    const asked = refusal(register());
    await expect.poll(() => gitlab.runners.size).toBe(1);
    await change(accessId);
    gitlab.failWith(undefined);
    expect(await asked).toMatchObject({ code: "conflict" });
    expect(await unregisterDueRunners()).toBe(1);
    expect(gitlab.runners.size).toBe(0);
    expect(await db.select().from(runners).where(eq(runners.accessId, accessId))).toEqual([]);
  },
);

test("a registration that GitLab answers before the revocation is kept until then, and removed with it", async () => {
  await add("projectBot");
  const { id } = await register();
  await revokeAccessToken(group.admin, group.scope, token.id);
  expect(await listRunners(group.admin, group.scope, token.id)).toMatchObject([{ id, state: "unregistering" }]);
  expect(await unregisterDueRunners()).toBe(1);
  expect(gitlab.runners.size).toBe(0);
});

test("the remains of a deleted token are removed with its last runner", async () => {
  const accessId = await add("projectBot");
  gitlab.failWith("answer_held");
  const asked = refusal(register());
  await expect.poll(() => gitlab.runners.size).toBe(1);
  await deleteAccessToken(group.admin, group.scope, token.id);
  gitlab.failWith(undefined);
  await asked;
  await unregisterDueRunners();
  expect(await storedAccess(accessId)).toEqual([]);
});

test.each(changes.slice(1))(
  "if %s and GitLab then refuses the runner, the credential is removed too",
  async (_, change) => {
    const accessId = await add("projectBot");
    const { asked } = await heldRefusal();
    await change(accessId);
    expect(await storedAccess(accessId)).toHaveLength(1);
    gitlab.failWith(undefined);
    expect(await asked).toMatchObject({ code: "missing_role" });
    expect(await storedAccess(accessId)).toEqual([]);
  },
);

test("the credential is removed if its access is removed at the moment when GitLab refuses", async () => {
  const accessId = await add("projectBot");
  const { asked } = await heldRefusal();
  const commitRemoval = await hold("update version_control_accesses set removed_at = now() where id = $1", accessId);
  gitlab.failWith(undefined);
  await waitForLockWaiters(1);
  await commitRemoval();
  expect(await asked).toMatchObject({ code: "missing_role" });
  expect(await storedAccess(accessId)).toEqual([]);
});

test("an access removed before the runner's row is written is not found", async () => {
  const accessId = await add("projectBot");
  const commitRemoval = await hold("update version_control_accesses set removed_at = now() where id = $1", accessId);
  const asked = refusal(register());
  await waitForLockWaiters(1);
  await commitRemoval();
  expect(await asked).toMatchObject({ code: "not_found" });
  expect(gitlab.runners.size).toBe(0);
});

test("a token deleted before the runner's row is written is not found", async () => {
  await add("projectBot");
  const commitDeletion = await hold(
    `with removed as (update version_control_accesses set removed_at = now() where access_token_id = $1)
     delete from access_tokens where id = $1`,
    token.id,
  );
  const asked = refusal(register());
  await waitForLockWaiters(1);
  await commitDeletion();
  expect(await asked).toMatchObject({ code: "not_found" });
  expect(gitlab.runners.size).toBe(0);
});

test.each(changes.slice(1))(
  "if %s just after the runner's row, the change waits for the row and the runner is removed",
  async (_, change) => {
    const accessId = await add("projectBot");
    gitlab.failWith("answer_held");
    // The row's foreign key to the organization waits for this lock, after all other locks are taken.
    const release = await hold("select from organizations where id = $1 for update", token.organizationId);
    const asked = refusal(register());
    await waitForLockWaiters(1);
    const changed = change(accessId);
    await waitForLockWaiters(2);
    await release();
    await changed;
    await expect.poll(() => gitlab.runners.size).toBe(1);
    gitlab.failWith(undefined);
    expect(await asked).toMatchObject({ code: "conflict" });
    expect(await unregisterDueRunners()).toBe(1);
    expect(gitlab.runners.size).toBe(0);
    expect(await storedAccess(accessId)).toEqual([]);
  },
);

test("a runner whose row is gone is unregistered at the provider", async () => {
  await add("createRunnerOnly");
  gitlab.failWith("answer_held");
  const asked = refusal(register());
  await expect.poll(() => gitlab.runners.size).toBe(1);
  await db.delete(runners);
  gitlab.failWith(undefined);
  expect(await asked).toMatchObject({ code: "conflict" });
  expect(gitlab.runners.size).toBe(0);
});

test("a runner that can't be recorded because the database fails is unregistered at the provider", async () => {
  await add("createRunnerOnly");
  await withBrokenAuditLog(async () => {
    await expect(register()).rejects.not.toBeInstanceOf(DomainError);
  });
  expect(gitlab.runners.size).toBe(0);
});
