import { eq } from "drizzle-orm";
import { PgBoss } from "pg-boss";
import { expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, runners } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { recordUse } from "@/lib/access-tokens/uses/record";
import { reportLeakedTokens } from "@/lib/leaks/report";
import { registerSessionRunner } from "@/lib/runners/register";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";
import { startBackground } from "./background";

vi.setConfig({ testTimeout: 60_000 });
const polled = { timeout: 20_000 };

test("a released runner is unregistered before the next minute, and last uses are written at the stop", async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  const gitlab = await startGitlab();
  onTestFinished(gitlab.close);
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const target = { providerUrl: gitlab.url, targetId: "123", tokenScope: "project" };
  const input = addAccessInput.parse({ providerType: "gitlab", token: gitlabToken("projectBot"), ...target });
  await addAccess(group.admin, token.id, input);
  await registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: [] });

  const stop = await start();
  try {
    // The first job of the schedule is done, and the next one comes a minute later.
    await expect.poll(() => statesOf("find-runners-to-unregister"), polled).toEqual(["completed"]);
    await revokeAccessToken(group.admin, token.id);
    await expect.poll(() => db.select().from(runners), polled).toEqual([]);
    expect(gitlab.runners.size).toBe(0);
    recordUse(token.id);
  } finally {
    await stop();
  }
  expect(await lastUse(token.id)).not.toBeNull();
});

test("a job queue that can't be stopped keeps no last use from being written", async () => {
  const { group } = await createTenant();
  const { id } = await createToken(group.admin, group.scope);
  const stop = await start();
  const { stop: stopQueue } = PgBoss.prototype;
  const stopping = vi.spyOn(PgBoss.prototype, "stop");
  onTestFinished(() => stopping.mockRestore());
  stopping.mockImplementationOnce(async function (this: PgBoss, options) {
    await stopQueue.call(this, options);
    throw new Error("the database is away");
  });
  recordUse(id);
  await expect(stop()).rejects.toThrow("the database is away");
  expect(await lastUse(id)).not.toBeNull();
});

test("reports of leaked secrets take effect, and the daily check of credentials runs", async () => {
  const { group } = await createTenant();
  const { id, secret } = await createToken(group.admin, group.scope);
  // Accepted by an instance that crashed.
  await reportLeakedTokens({ tokens: [secret] });
  const stop = await start();
  try {
    const leakedAt = async () => (await getAccessToken(group.admin, id)).leakedAt;
    await expect.poll(leakedAt, polled).toBeInstanceOf(Date);
    await expect.poll(() => statesOf("check-credentials"), polled).toContain("completed");
  } finally {
    await stop();
  }
});

function start(): Promise<() => Promise<void>> {
  const owner = { url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" as const };
  return startBackground({ isEmbedded: false, owner, grantee: process.env.DATABASE_ROLE, close: async () => {} });
}

async function lastUse(id: string): Promise<Date | null | undefined> {
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, id));
  return row?.lastUsedAt;
}

function statesOf(queue: string): Promise<string[]> {
  return asOwner(async (owner) => {
    const text = "select state::text from pgboss.job where name = $1";
    const { rows } = await owner.query<{ state: string }>(text, [queue]);
    return rows.map(({ state }) => state);
  });
}
