import { sql } from "drizzle-orm";
import type { JobInsert } from "pg-boss";
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { runners } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { registerSessionRunner } from "@/lib/runners/register";
import { tryToUnregister } from "@/lib/runners/unregister";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { prepareJobQueue, startJobQueue } from "./job-queue";
import { findRunnersToUnregister, sendDueRunners, unregisterRunner } from "./unregister-runner";

const queues = [unregisterRunner, findRunnersToUnregister];
const session = { connectionString: process.env.DATABASE_URL, role: process.env.DATABASE_ROLE };
/** An upper bound for what takes a poll of the queue at the most. */
const polled = { timeout: 20_000 };
vi.setConfig({ testTimeout: 60_000 });

let group: Tenant["group"];
let token: TestToken;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  await prepareJobQueue({ url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" }, session.role, queues);
});
beforeEach(async () => {
  group = (await createTenant()).group;
  token = await createToken(group.admin, group.scope);
});
afterEach(async () => {
  await asOwner((owner) => owner.query("delete from pgboss.job; delete from runners"));
});

async function startInstance() {
  const queue = await startJobQueue(session, queues);
  onTestFinished(queue.stop);
  return {
    ...queue,
    sendDue: () => sendDueRunners(queue.send),
    lookAgain: () => queue.send(unregisterRunner.name, []),
  };
}

async function withGitlab() {
  const gitlab = await startGitlab();
  onTestFinished(gitlab.close);
  const target = { providerUrl: gitlab.url, targetId: "123", tokenScope: "project" };
  const input = addAccessInput.parse({ providerType: "gitlab", token: gitlabToken("projectBot"), ...target });
  await addAccess(group.admin, token.id, input);
  const register = () => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: ["bench"] });
  const deletions = () => gitlab.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  return { ...gitlab, register, deletions };
}

const revoke = () => revokeAccessToken(group.admin, token.id);
const stored = () => db.select().from(runners);

type Job = { state: string; output: unknown; data: unknown };

async function jobs(): Promise<Job[]> {
  return asOwner(async (owner) => {
    const text = "select state, output, data from pgboss.job where name = $1 order by created_on";
    return (await owner.query<Job>(text, [unregisterRunner.name])).rows;
  });
}

test("a provider that doesn't answer delays only its own access's runners, one at a time", async () => {
  const [bad, good] = [await withGitlab(), await withGitlab()];
  for (const _runner of [1, 2]) await bad.register();
  await good.register();
  await revoke();
  bad.failWith("answer_held");
  const { sendDue } = await startInstance();
  await sendDue();
  await expect.poll(() => good.runners.size, polled).toBe(0);
  await expect.poll(() => bad.deletions().length, polled).toBe(1);
  bad.failWith(undefined);
  await expect.poll(stored, polled).toEqual([]);
  expect(bad.runners.size).toBe(0);
  expect(bad.deletions()).toHaveLength(2);
});

test("runners of at most five accesses are unregistered at once", async () => {
  const providers = await Promise.all(Array.from({ length: 6 }, withGitlab));
  for (const { register } of providers) await register();
  await revoke();
  for (const { failWith } of providers) failWith("answer_held");
  const deletions = () => providers.reduce((sum, one) => sum + one.deletions().length, 0);
  const { sendDue } = await startInstance();
  await sendDue();
  await expect.poll(deletions, polled).toBe(5);
  const waiting = providers.find((one) => one.deletions().length === 0);
  for (const one of providers) if (one !== waiting) one.failWith(undefined);
  await expect.poll(deletions, polled).toBe(6);
  waiting?.failWith(undefined);
  await expect.poll(stored, polled).toEqual([]);
});

test("instances that unregister at the same time call GitLab once for each runner", async () => {
  const gitlab = await withGitlab();
  for (let made = 0; made < 30; made++) await gitlab.register();
  await revoke();
  gitlab.failWith("answer_held");
  const instances = await Promise.all([startInstance(), startInstance(), startInstance()]);
  await Promise.all(instances.map(({ sendDue }) => sendDue()));
  // All three wait for GitLab's answer about their first runner.
  await expect.poll(() => gitlab.deletions().length, polled).toBe(3);
  gitlab.failWith(undefined);
  await expect.poll(stored, polled).toEqual([]);
  expect(gitlab.runners.size).toBe(0);
  expect(gitlab.deletions()).toHaveLength(30);
  expect(new Set(gitlab.deletions()).size).toBe(30);
});

test("a runner has one job at a time, and a new one if that is lost or gives up", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  const { sendDue, lookAgain } = await startInstance();
  gitlab.failWith("error");
  await sendDue();
  await expect.poll(jobs, polled).toMatchObject([{ state: "retry" }]);
  const [runner] = await stored();
  expect(runner?.attempts).toBeGreaterThan(0);
  expect(runner?.lastError).toContain("out of order");
  const makeDue = () => db.update(runners).set({ nextAttemptAt: sql`now()` });
  await makeDue();
  await sendDue();
  expect(await jobs()).toHaveLength(1);

  // The last retry of pg-boss.
  await asOwner((owner) => owner.query("update pgboss.job set retry_limit = retry_count + 1, start_after = now()"));
  await lookAgain();
  await expect.poll(jobs, polled).toMatchObject([{ state: "failed" }]);
  await makeDue();
  await sendDue();
  await expect.poll(jobs, polled).toMatchObject([{ state: "failed" }, { state: "retry" }]);

  await asOwner((owner) => owner.query("delete from pgboss.job"));
  gitlab.failWith(undefined);
  await makeDue();
  await sendDue();
  await expect.poll(stored, polled).toEqual([]);
  expect(gitlab.runners.size).toBe(0);
});

test("a failed job is retried without being sent again, and stores nothing of the failure", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  const { sendDue, lookAgain } = await startInstance();
  gitlab.failWith("error");
  await sendDue();
  await expect.poll(jobs, polled).toMatchObject([{ state: "retry" }]);
  const [job] = await jobs();
  expect(job?.output).toMatchObject({ message: "the job failed: see the log" });
  expect(Object.keys(job?.data ?? {})).toEqual(["runnerId"]);
  gitlab.failWith(undefined);
  await asOwner((owner) => owner.query("update pgboss.job set start_after = now()"));
  await lookAgain();
  await expect.poll(stored, polled).toEqual([]);
});

test("a job whose process died is retried by another", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  const { boss, sendDue, lookAgain } = await startInstance();
  gitlab.failWith("answer_held");
  await sendDue();
  await expect.poll(() => gitlab.deletions().length, polled).toBe(1);
  await asOwner((owner) => owner.query("update pgboss.job set started_on = now() - interval '11 minutes'"));
  await asOwner((owner) => owner.query("update pgboss.queue set monitor_on = null, maintain_on = null"));
  await boss.supervise(unregisterRunner.name);
  expect(await jobs()).toMatchObject([{ state: "retry" }]);
  const other = await startInstance();
  await asOwner((owner) => owner.query("update pgboss.job set start_after = now()"));
  await other.lookAgain();
  await expect.poll(() => gitlab.deletions().length, polled).toBe(2);
  gitlab.failWith(undefined);
  await lookAgain();
  await expect.poll(stored, polled).toEqual([]);
});

test("any number of due runners is read a thousand at a time, and sent once an hour", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  const [runner] = await stored();
  if (!runner) throw new Error("there is no runner");
  const more = Array.from({ length: 1500 }, () => ({ ...runner, id: newId("run") }));
  await db.insert(runners).values(more);
  const sent: string[][] = [];
  const send = async (_queue: string, jobs: JobInsert[]) => {
    sent.push(jobs.map(({ singletonKey }) => singletonKey ?? ""));
  };
  for (const _again of [1, 2]) await sendDueRunners(send);
  expect(sent.map(({ length }) => length)).toEqual([1000, 501]);
  expect(new Set(sent.flat()).size).toBe(1501);
  await db.update(runners).set({ nextAttemptAt: sql`${runners.nextAttemptAt} - interval '1 hour'` });
  await sendDueRunners(send);
  expect(sent.map(({ length }) => length)).toEqual([1000, 501, 1000, 501]);
});

test("a job that is done before its runner is left to it keeps the time that it has set", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  gitlab.failWith("rate_limited");
  await sendDueRunners(async (_queue, jobs) => {
    for (const { singletonKey } of jobs) await tryToUnregister(singletonKey ?? "");
  });
  const [runner] = await stored();
  expect(runner?.nextAttemptAt.getTime()).toBeLessThan(Date.now() + 10 * 60_000);
});

test("every minute one instance looks for due runners whose job was never sent", async () => {
  const gitlab = await withGitlab();
  await gitlab.register();
  await revoke();
  const instances = await Promise.all([startInstance(), startInstance()]);
  await Promise.all(instances.map(({ sendScheduled }) => sendScheduled()));
  await expect.poll(stored, polled).toEqual([]);
  expect(gitlab.deletions()).toHaveLength(1);
});
