import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, replaceToken } from "@/lib/version-control/change";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { recorded } from "@/testing/refusals";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGithub } from "@/testing/stand-ins/github";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { registerSessionRunner } from "./register";

let group: Tenant["group"];
let token: TestToken;

beforeAll(() => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
});
beforeEach(async () => {
  group = (await createTenant()).group;
  token = await createToken(group.admin, group.scope);
});

async function withGitlab() {
  const gitlab = await startGitlab();
  onTestFinished(gitlab.close);
  const target = { providerUrl: gitlab.url, targetId: "123", tokenScope: "project" };
  const input = addAccessInput.parse({ providerType: "gitlab", token: gitlabToken("projectBot"), ...target });
  await addAccess(group.admin, group.scope, token.id, input);
  const register = () => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: ["bench"] });
  const deletions = () => gitlab.requests.filter(({ method }) => method === "DELETE").length;
  return { ...gitlab, register, deletions };
}

/** With one runner for which GitHub issued a registration token, but which no VM has started. */
async function withGithub() {
  const github = await startGithub();
  onTestFinished(github.close);
  const target = { providerUrl: github.url, targetId: "octo-org/octo-repo", tokenScope: "project" };
  const input = addAccessInput.parse({ providerType: "github", token: githubToken("installation"), ...target });
  const { id: accessId } = await addAccess(group.admin, group.scope, token.id, input);
  const { id } = await registerSessionRunner(token.actor, { providerUrl: github.url, tags: [] });
  return { ...github, accessId, startVm: () => github.runners.set(7, { id: 7, name: id, busy: false }) };
}

const stored = () => db.select().from(runners).where(eq(runners.accessTokenId, token.id));

/** Skips the pause before the next attempt. */
async function lookNow(): Promise<number> {
  await db.update(runners).set({ nextAttemptAt: sql`now() - interval '1 second'` });
  return unregisterDueRunners();
}

test("a runner that a VM starts at GitHub after its token's revocation is found and removed", async () => {
  const { startVm, runners: remote } = await withGithub();
  await revokeAccessToken(group.admin, group.scope, token.id);
  expect(await unregisterDueRunners()).toBe(0);
  await db.update(runners).set({ createdAt: sql`now() - interval '50 minutes'` });
  expect(await lookNow()).toBe(0);
  const [waiting] = await stored();
  expect(waiting).toMatchObject({ state: "unregistering", lastError: expect.stringContaining("may still start") });
  expect(waiting?.nextAttemptAt.getTime()).toBeGreaterThan(Date.now());

  startVm();
  expect(await lookNow()).toBe(1);
  expect(remote.size).toBe(0);
  expect(await stored()).toEqual([]);
});

test("a runner that no VM starts is deleted with its credential once GitHub's registration token has expired", async () => {
  const { accessId } = await withGithub();
  await deleteAccessToken(group.admin, group.scope, token.id);
  expect(await unregisterDueRunners()).toBe(0);
  const longAgo = { createdAt: sql`now() - interval '2 hours'`, expiresAt: sql`now() - interval '1 hour'` };
  await db.update(runners).set(longAgo);
  expect(await lookNow()).toBe(1);
  expect(await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, accessId))).toEqual([]);
});

test("a provider that says when to come back is not asked before that, and less often if it always says so", async () => {
  const { register, failWith, runners: remote } = await withGitlab();
  await register();
  await revokeAccessToken(group.admin, group.scope, token.id);
  failWith("rate_limited");
  const secondsUntilDue = async () => {
    const until = sql<number>`extract(epoch from ${runners.nextAttemptAt} - now())::float8`;
    const [row] = await db.select({ until }).from(runners).where(eq(runners.accessTokenId, token.id));
    return row?.until;
  };
  expect(await unregisterDueRunners()).toBe(0);
  expect(await secondsUntilDue()).toBeGreaterThan(20);
  expect(await secondsUntilDue()).toBeLessThan(31);
  await db.update(runners).set({ attempts: 10, nextAttemptAt: sql`now()` });
  expect(await unregisterDueRunners()).toBe(0);
  expect(await secondsUntilDue()).toBeGreaterThan(500);
  failWith(undefined);
  expect(await unregisterDueRunners()).toBe(0);
  expect(await lookNow()).toBe(1);
  expect(remote.size).toBe(0);
});

const altered = Buffer.from("what no key opens");

test("a runner whose token or access can't be unsealed delays no other, and is logged once", async () => {
  const { register, deletions } = await withGitlab();
  for (let time = 0; time < 3; time++) await register();
  const [first, second] = await stored();
  await db
    .update(runners)
    .set({ sealedRunnerToken: altered })
    .where(eq(runners.id, first?.id ?? ""));
  await revokeAccessToken(group.admin, group.scope, token.id);
  await unregisterDueRunners();
  await lookNow();
  const waiting = await stored();
  expect(waiting).toMatchObject([{ id: first?.id, lastError: expect.stringContaining("can’t be read"), attempts: 2 }]);
  expect(deletions()).toBe(2);
  const organizationId = first?.organizationId ?? "";
  const place = { table: "runners", column: "sealed_runner_token", row_id: first?.id };
  expect(await recorded(organizationId, "sealed_value.refused", 1)).toMatchObject([
    { actorId: "system", actorName: "veHaaS", accessTokenId: null, channel: "system", detail: place },
  ]);
  expect(second?.id).not.toBe(first?.id);
});

test("a credential that can't be unsealed is refused with a message, and can be replaced", async () => {
  const { register, url } = await withGitlab();
  const [access] = await db
    .select()
    .from(versionControlAccesses)
    .where(eq(versionControlAccesses.accessTokenId, token.id));
  const { id = "", organizationId = "" } = access ?? {};
  await db.update(versionControlAccesses).set({ sealedToken: altered }).where(eq(versionControlAccesses.id, id));
  const refused = { code: "conflict", message: expect.stringMatching(/can’t be read.*Replace its token/), errors: [] };
  expect(await refusal(checkAgain(group.admin, group.scope, token.id, id))).toEqual(refused);
  expect(await refusal(register())).toEqual(refused);
  expect(await stored()).toEqual([]);
  const place = { table: "version_control_accesses", column: "sealed_token", row_id: id };
  const [event] = await recorded(organizationId, "sealed_value.refused", 1);
  expect(event).toMatchObject({ actorId: group.admin.userId, subjectId: id, detail: place });
  await replaceToken(group.admin, group.scope, token.id, id, {
    token: gitlabToken("projectBot"),
    acceptPersonalToken: false,
  });
  expect(await register()).toMatchObject({ providerUrl: url });
});
