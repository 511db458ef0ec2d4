import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { DomainError } from "@/lib/errors";
import { createToken, type TestToken } from "@/lib/testing/access-tokens";
import { withBrokenAuditLog } from "@/lib/testing/database-owner";
import { refusal } from "@/lib/testing/refusal";
import { startGitlab } from "@/lib/testing/stand-ins/gitlab";
import { gitlabToken } from "@/lib/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/lib/testing/tenant";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { removeAccess } from "@/lib/version-control/change";
import { listRunners } from "@/lib/version-control/queries";
import { unregisterDueRunners } from "@/lib/version-control/runner-jobs";
import { registerSessionRunner } from "./runners";

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

type Change = (accessId: string) => Promise<unknown>;
const changes: [string, Change][] = [
  ["the token is revoked", () => revokeAccessToken(group.admin, group.scope, token.id)],
  ["its access is removed", (accessId) => removeAccess(group.admin, group.scope, token.id, accessId)],
  ["the token is deleted", () => deleteAccessToken(group.admin, group.scope, token.id)],
];
const credentials = ["projectBot", "createRunnerOnly"] as const;

// A credential that may only create runners finds none: without the runner's own token it would stay for ever.
test.each(changes.flatMap(([what, change]) => credentials.map((kind) => [what, kind, change] as const)))(
  "the caller gets conflict, and the runner goes at once, when %s between GitLab's work and its answer (%s)",
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

test("a registration that GitLab answers before the revocation is kept until then, and goes with it", async () => {
  await add("projectBot");
  const { id } = await register();
  await revokeAccessToken(group.admin, group.scope, token.id);
  expect(await listRunners(group.admin, group.scope, token.id)).toMatchObject([{ id, state: "unregistering" }]);
  expect(await unregisterDueRunners()).toBe(1);
  expect(gitlab.runners.size).toBe(0);
});

test("what a deleted token leaves behind goes with its last runner", async () => {
  const accessId = await add("projectBot");
  gitlab.failWith("answer_held");
  const asked = refusal(register());
  await expect.poll(() => gitlab.runners.size).toBe(1);
  await deleteAccessToken(group.admin, group.scope, token.id);
  gitlab.failWith(undefined);
  await asked;
  await unregisterDueRunners();
  const stored = await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, accessId));
  expect(stored).toEqual([]);
});

test("a runner that can't be recorded, since its row is gone, is undone at the provider", async () => {
  await add("createRunnerOnly");
  gitlab.failWith("answer_held");
  const asked = refusal(register());
  await expect.poll(() => gitlab.runners.size).toBe(1);
  await db.delete(runners);
  gitlab.failWith(undefined);
  expect(await asked).toMatchObject({ code: "conflict" });
  expect(gitlab.runners.size).toBe(0);
});

test("a runner that can't be recorded, since the database fails, is undone at the provider", async () => {
  await add("createRunnerOnly");
  await withBrokenAuditLog(async () => {
    await expect(register()).rejects.not.toBeInstanceOf(DomainError);
  });
  expect(gitlab.runners.size).toBe(0);
});
