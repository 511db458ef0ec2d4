import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { runners } from "@/db/schema";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { outcomes, refusal } from "@/testing/refusal";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { registerSessionRunner, unregisterSessionRunner } from "./register";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let group: Tenant["group"];
let token: TestToken;
let accessId: string;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  gitlab.runners.clear();
  await db.delete(runners);
  group = (await createTenant()).group;
  token = await createToken(group.admin, group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const parsed = addAccessInput.parse({ ...input, tokenScope: "project", targetId: "123" });
  accessId = (await addAccess(group.admin, group.scope, token.id, parsed)).id;
});

const register = () => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: ["bench"] });
const stored = () => db.select().from(runners).where(eq(runners.accessTokenId, token.id));

/** Skips the pause before the next attempt. */
async function lookNow(): Promise<number> {
  await db
    .update(runners)
    .set({ nextAttemptAt: sql`now() - interval '1 second'` })
    .where(eq(runners.accessTokenId, token.id));
  return unregisterDueRunners();
}

test("a runner that is unregistered again and again is recorded as unregistered once", async () => {
  const { id } = await register();
  for (const _again of [1, 2, 3]) await unregisterSessionRunner(token.actor, id);
  const actions = (await eventsOn(id)).map(({ action }) => action);
  expect(actions.toSorted()).toEqual(["runner.registered", "runner.unregistered"]);
});

/** The registration gets no answer, and GitLab creates the runner later, on request. */
async function registerLate() {
  gitlab.failWith("answer_lost");
  expect(await refusal(register())).toMatchObject({ code: "provider_unreachable" });
  gitlab.failWith(undefined);
  const made = [...gitlab.runners];
  gitlab.runners.clear();
  return { make: () => made.forEach(([id, runner]) => void gitlab.runners.set(id, runner)) };
}

test("a runner that GitLab creates after the first search is found later and removed", async () => {
  const { make } = await registerLate();
  const asked = gitlab.requests.length;
  expect(await unregisterDueRunners()).toBe(0);
  expect(gitlab.requests.length).toBe(asked);

  expect(await lookNow()).toBe(0);
  expect(gitlab.requests.length).toBeGreaterThan(asked);
  const [waiting] = await stored();
  expect(waiting).toMatchObject({ state: "unregistering", lastError: expect.stringContaining("may still start") });
  expect(waiting?.nextAttemptAt.getTime()).toBeGreaterThan(Date.now() + 60_000);

  make();
  expect(await lookNow()).toBe(1);
  expect(gitlab.runners.size).toBe(0);
  expect(await stored()).toEqual([]);
});

test("a runner that GitLab never creates is given up in the end", async () => {
  await registerLate();
  expect(await lookNow()).toBe(0);
  await db.update(runners).set({ createdAt: sql`now() - interval '11 minutes'` });
  expect(await lookNow()).toBe(1);
  expect(await stored()).toEqual([]);
});

test("a token has at most 100 live runners, under concurrency too", async () => {
  const owner = { organizationId: token.organizationId, accessId, accessTokenId: token.id };
  const rows = Array.from({ length: 99 }, () => ({ ...owner, id: newId("run"), remoteId: "1", tags: [] }));
  await db.insert(runners).values(rows.map((row) => ({ ...row, state: "registered" as const })));
  expect(await outcomes([register(), register(), register()])).toEqual({ done: 1, rate_limited: 2 });
  await expect(register()).rejects.toMatchObject({
    message: expect.stringContaining("100 runners"),
    retryAfter: 60,
  });
  expect(gitlab.runners.size).toBe(1);

  await unregisterSessionRunner(token.actor, rows[0]?.id ?? "");
  expect(await unregisterDueRunners()).toBe(1);
  expect((await register()).tags).toEqual(["bench"]);
});
