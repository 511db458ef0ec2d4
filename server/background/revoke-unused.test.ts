import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokenSecrets, auditEvents, runners, trustedPipelines } from "@/db/schema";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { registerSessionRunner } from "@/lib/runners/register";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { age, agePolicy, setPolicy } from "@/testing/policies/policies";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";
import { prepareJobQueue, startJobQueue } from "./job-queue";
import { revokeUnused } from "./revoke-unused";

const queues = [revokeUnused];
const session = { connectionString: process.env.DATABASE_URL, role: process.env.DATABASE_ROLE };
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  await prepareJobQueue({ url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" }, session.role, queues);
});

async function startInstance() {
  const queue = await startJobQueue(session, queues);
  onTestFinished(queue.stop);
  return queue;
}

async function addPipelineSecret({ id: accessTokenId, organizationId, createdBy }: TestToken): Promise<void> {
  const owned = { organizationId, accessTokenId, createdById: createdBy.id };
  const [pipeline] = await db
    .insert(trustedPipelines)
    .values({
      ...owned,
      providerType: "gitlab",
      providerUrl: "https://gitlab.example",
      issuer: "https://gitlab.example",
      projectId: "1",
      project: "group/project",
      ref: "refs/heads/main",
      protectedOnly: true,
      lifetimeMinutes: 15,
    })
    .returning();
  await db.insert(accessTokenSecrets).values({
    ...owned,
    hash: randomBytes(32),
    suffix: "abcd",
    endsAt: sql`now() + interval '15 minutes'`,
    endsBy: "lifetime",
    trustedPipelineId: pipeline?.id,
    job: { project: "group/project", ref: "refs/heads/main" },
  });
}

test("the job of two instances revokes an unused token once, with its runners and its pipelines' secrets", async () => {
  const gitlab = await startGitlab();
  onTestFinished(gitlab.close);
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const target = { providerUrl: gitlab.url, targetId: "123", tokenScope: "project" };
  const input = addAccessInput.parse({ providerType: "gitlab", token: gitlabToken("projectBot"), ...target });
  await addAccess(group.admin, token.id, input);
  await registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: [] });
  await addPipelineSecret(token);
  await setPolicy(group.admin, group.scope, { revokeUnusedAfterDays: 30 });
  await agePolicy(group.scope, "60 days");
  await age(token.id, { created: "60 days", noticed: "8 days" });

  const instances = [await startInstance(), await startInstance()];
  await Promise.all(instances.map(({ sendScheduled }) => sendScheduled()));
  const status = async () => (await getAccessToken(group.admin, token.id)).status;
  await expect.poll(status, { timeout: 20_000 }).toBe("revoked");
  const ofToken = db.select().from(runners).where(eq(runners.accessTokenId, token.id));
  expect((await ofToken).map(({ state }) => state)).toEqual(["unregistering"]);
  const secrets = await db.select().from(accessTokenSecrets).where(eq(accessTokenSecrets.accessTokenId, token.id));
  expect(secrets.map(({ suffix }) => suffix)).toEqual([token.tokenSuffix]);
  const events = await db.select().from(auditEvents).where(eq(auditEvents.actorId, "policy"));
  expect(events.map(({ subjectId }) => subjectId)).toEqual([token.id]);
});
