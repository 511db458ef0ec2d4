import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, runners } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { recordUse } from "@/lib/access-tokens/uses/record";
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

  const owner = { url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" as const };
  const grantee = process.env.DATABASE_ROLE;
  const stop = await startBackground({ isEmbedded: false, owner, grantee, close: async () => {} });
  try {
    // The first job of the schedule is done, and the next one comes a minute later.
    await expect.poll(() => statesOf("find-runners-to-unregister"), polled).toEqual(["completed"]);
    await revokeAccessToken(group.admin, token.id);
    await expect.poll(() => db.select().from(runners), polled).toEqual([]);
    expect(gitlab.runners.size).toBe(0);
    recordUse(token.id, Buffer.alloc(32));
  } finally {
    await stop();
  }
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, token.id));
  expect(row?.lastUsedAt).not.toBeNull();
});

function statesOf(queue: string): Promise<string[]> {
  return asOwner(async (owner) => {
    const text = "select state::text from pgboss.job where name = $1";
    const { rows } = await owner.query<{ state: string }>(text, [queue]);
    return rows.map(({ state }) => state);
  });
}
