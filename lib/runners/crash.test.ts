import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners } from "@/db/schema";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";

const script = fileURLToPath(new URL("../../testing/runners/register-runner.ts", import.meta.url));

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());

async function tokenWithAccess(): Promise<TestToken> {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const target = { tokenScope: "project", targetId: "123" };
  await addAccess(group.admin, group.scope, token.id, addAccessInput.parse({ ...input, ...target }));
  return token;
}

/** Starts a process that registers a runner, and kills it once GitLab has created one. */
async function registerAndDie(actor: TestToken["actor"]): Promise<void> {
  gitlab.failWith("answer_held");
  const argument = JSON.stringify({ actor, providerUrl: gitlab.url });
  const child = spawn(process.execPath, ["--import", "tsx", script, argument], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  await expect.poll(() => [gitlab.runners.size, errors], { timeout: 15_000 }).toEqual([1, ""]);
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
  gitlab.failWith(undefined);
}

test("a runner that GitLab created for a killed process is found and removed", async () => {
  const { id, actor } = await tokenWithAccess();
  await registerAndDie(actor);
  const stored = () => db.select().from(runners).where(eq(runners.accessTokenId, id));
  const [left] = await stored();
  expect(left).toMatchObject({ state: "registering", remoteId: null, sealedRunnerToken: null });
  expect([...gitlab.runners.values()]).toMatchObject([{ description: left?.id, tags: ["bench"] }]);

  // The registration may still be running, so it is left alone for a while.
  expect(await unregisterDueRunners()).toBe(0);
  expect(gitlab.runners.size).toBe(1);

  await db.update(runners).set({ createdAt: sql`now() - interval '1 hour'` });
  expect(await unregisterDueRunners()).toBe(1);
  expect(gitlab.runners.size).toBe(0);
  expect(await stored()).toEqual([]);
});
