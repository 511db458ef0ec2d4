import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken } from "@/testing/access-tokens";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";
import { registerSessionRunner } from "./register";
import { unregisterDueRunners } from "./unregister-due";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());

const deletions = () => gitlab.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);

/** More runners than one instance takes at once, so that each instance finds work. */
async function releaseRunners(count: number): Promise<void> {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const target = { tokenScope: "project", targetId: "123" };
  await addAccess(group.admin, token.id, addAccessInput.parse({ ...input, ...target }));
  for (let made = 0; made < count; made++)
    await registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: ["bench"] });
  await revokeAccessToken(group.admin, token.id);
}

test("instances that unregister at the same time call GitLab once for each runner", async () => {
  await releaseRunners(30);
  expect(gitlab.runners.size).toBe(30);
  gitlab.failWith("answer_held");
  const instances = [unregisterDueRunners(), unregisterDueRunners(), unregisterDueRunners()];
  // All three wait for GitLab's answer about their first runner.
  await expect.poll(() => deletions().length, { timeout: 8000 }).toBe(3);
  gitlab.failWith(undefined);
  const gone = await Promise.all(instances);
  expect(gone.every((count) => count > 0)).toBe(true);
  expect(gone.reduce((sum, count) => sum + count)).toBe(30);
  expect(deletions()).toHaveLength(30);
  expect(new Set(deletions()).size).toBe(30);
  expect(gitlab.runners.size).toBe(0);
  expect(await db.select().from(runners)).toEqual([]);
});
