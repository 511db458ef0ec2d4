import { createHash, randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accessTokenSecrets, refusedExchanges, trustedPipelines } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { addPipeline, githubPipeline } from "@/testing/pipelines/pipelines";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { mostPipelines } from "./limits";
import { listRefusedExchanges, listTrustedPipelines } from "./queries";
import { removeTrustedPipeline } from "./remove";

let tenant: Tenant;
let token: TestToken;
beforeAll(() => void vi.stubEnv("PROVIDER_ALLOWLIST", "gitlab.internal"));
beforeEach(async () => {
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
});

const add = (differs = {}) => addPipeline(tenant.group.admin, token.id, differs);

/** A secret as an exchange makes it. */
async function exchange(pipelineId: string): Promise<void> {
  const hash = createHash("sha256").update(randomUUID()).digest();
  await db.insert(accessTokenSecrets).values({
    hash,
    organizationId: token.organizationId,
    accessTokenId: token.id,
    suffix: "abcd",
    createdById: tenant.group.admin.userId,
    endsAt: sql`now() + interval '5 minutes'`,
    endsBy: "lifetime",
    trustedPipelineId: pipelineId,
    job: { project: "test/test-project", ref: "refs/heads/main" },
  });
}

const liveSecrets = () =>
  db.$count(accessTokenSecrets, sql`access_token_id = ${token.id} and trusted_pipeline_id is not null`);

test("a trusted pipeline is added with its defaults, listed and removed, each with its event", async () => {
  const added = await add();
  expect(added).toEqual({
    id: expect.stringMatching(/^tpl_/),
    providerType: "gitlab",
    providerUrl: "https://gitlab.com",
    issuer: "https://gitlab.com",
    projectId: "123",
    ownerId: null,
    project: "test/test-project",
    ref: "refs/heads/main",
    environment: null,
    protectedOnly: true,
    mergeRequests: false,
    lifetimeMinutes: 15,
    publicKeys: null,
    createdBy: { id: tenant.group.admin.userId, name: tenant.group.admin.name },
    createdAt: expect.any(Date),
    lastUsedAt: null,
  });
  const other = await add({ ...githubPipeline, ref: null, environment: "production" });
  expect(other).toMatchObject({ ownerId: "9919", protectedOnly: false, environment: "production", ref: null });
  expect(await listTrustedPipelines(token.actor, token.id)).toEqual([added, other]);
  await removeTrustedPipeline(tenant.group.admin, token.id, added.id);
  expect(await listTrustedPipelines(tenant.group.admin, token.id)).toEqual([other]);
  const events = (await eventsOn(token.id)).filter(({ action }) => action.startsWith("trusted_pipeline."));
  const detail = { trusted_pipeline: added.id, project: "test/test-project", ref: "refs/heads/main" };
  expect(events).toMatchObject([
    { action: "trusted_pipeline.added", actorId: tenant.group.admin.userId, detail },
    { action: "trusted_pipeline.added", detail: { owner_id: "9919", environment: "production" } },
    { action: "trusted_pipeline.removed", actorId: tenant.group.admin.userId, detail },
  ]);
});

test("the provider's URL is stored in one spelling, and what is not allowed is refused", async () => {
  expect((await add({ providerUrl: "HTTPS://GitLab.com:443/" })).providerUrl).toBe("https://gitlab.com");
  expect(await refusal(add({ providerUrl: "http://gitlab.com" }))).toMatchObject({ code: "provider_url_not_allowed" });
  expect(await refusal(add({ providerUrl: "https://10.0.0.1" }))).toMatchObject({ code: "provider_url_not_allowed" });
  expect(await refusal(add({ providerUrl: "gitlab" }))).toMatchObject({
    code: "invalid",
    errors: [{ field: "providerUrl" }],
  });
  expect((await add({ providerUrl: "http://gitlab.internal/git/" })).issuer).toBe("http://gitlab.internal/git");
});

test.each([
  [{ ref: null }, "ref"],
  [{ project: "123" }, "project"],
  [{ project: "group/../other" }, "project"],
  [{ ownerId: "9919" }, "ownerId"],
  [{ ...githubPipeline, ownerId: null }, "ownerId"],
  [{ ...githubPipeline, protectedOnly: true }, "protectedOnly"],
  [{ ...githubPipeline, project: "octo-org" }, "project"],
  [{ publicKeys: { keys: [{ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" }] } }, "publicKeys"],
])("%j is refused at its field", async (differs, field) => {
  const refused = await refusal(add(differs));
  expect(refused).toMatchObject({ code: "invalid", errors: [{ field }] });
  expect(await listTrustedPipelines(tenant.group.admin, token.id)).toEqual([]);
});

test("an equal one is a conflict, and one for other jobs is not", async () => {
  await add();
  expect(await refusal(add({ lifetimeMinutes: 5, project: "other/name" }))).toMatchObject({ code: "conflict" });
  const others = [
    { mergeRequests: true },
    { protectedOnly: false },
    { environment: "production" },
    { projectId: "124" },
  ];
  for (const differs of others) await add(differs);
  expect(await listTrustedPipelines(tenant.group.admin, token.id)).toHaveLength(5);
});

test("two equal ones at once become one", async () => {
  const outcomes = await Promise.allSettled([add(), add()]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("a token has a bounded number of them", async () => {
  const { id } = await add();
  await db.execute(sql`
    insert into trusted_pipelines (id, organization_id, access_token_id, provider_type, provider_url, issuer, project_id,
      project, ref, protected_only, lifetime_minutes, created_by_id)
    select id || number, organization_id, access_token_id, provider_type, provider_url, issuer, 1000 + number, project, ref,
      protected_only, lifetime_minutes, created_by_id
    from trusted_pipelines, generate_series(2, ${mostPipelines}) as number where id = ${id}`);
  expect(await refusal(add({ projectId: "7" }))).toMatchObject({
    code: "conflict",
    message: expect.stringContaining("at most 50"),
  });
});

test("what belongs to another token is not found", async () => {
  const { id } = await add();
  const other = await createToken(tenant.group.admin, tenant.group.scope);
  for (const unknown of [id, "tpl_unknown", "a\0b"]) {
    const removing = removeTrustedPipeline(tenant.group.admin, other.id, unknown);
    expect(await refusal(removing)).toMatchObject({ code: "not_found" });
  }
  expect(await listTrustedPipelines(tenant.group.admin, token.id)).toHaveLength(1);
});

test("removing one ends its secrets at once, and no others", async () => {
  const [one, other] = [await add(), await add({ projectId: "124" })];
  for (const { id } of [one, one, other]) await exchange(id);
  await removeTrustedPipeline(tenant.group.admin, token.id, one.id);
  expect(await liveSecrets()).toBe(1);
});

test("a revoked and an expired token's can be changed, as its other settings", async () => {
  await revokeAccessToken(tenant.group.admin, token.id);
  const { id } = await add();
  await expire(token.id);
  await add({ projectId: "124" });
  await removeTrustedPipeline(tenant.group.admin, token.id, id);
  expect(await listTrustedPipelines(tenant.group.admin, token.id)).toHaveLength(1);
});

test("deleting the token or its group deletes them, their secrets and the refusals", async () => {
  await exchange((await add()).id);
  await refuse();
  await deleteAccessToken(tenant.group.admin, token.id);
  expect(await leftOf(token.id)).toBe(0);
  token = await createToken(tenant.group.admin, tenant.group.scope);
  await exchange((await add()).id);
  await refuse();
  const { organizationAdmin, organization, group } = tenant;
  await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
  expect(await leftOf(token.id)).toBe(0);
});

test("the last 20 refusals are listed, newest first, with what would allow them", async () => {
  for (let index = 0; index < 21; index++) await refuse(`refs/heads/${index}`);
  const refusals = await listRefusedExchanges(tenant.group.admin, token.id);
  expect(refusals).toHaveLength(20);
  expect(refusals[0]).toMatchObject({
    job: { project: "test/test-project", ref: "refs/heads/20" },
    differences: [{ claim: "ref", expected: "refs/heads/main", found: "refs/heads/20" }],
    allows: { ref: "refs/heads/20" },
  });
});

async function refuse(ref = "refs/heads/x"): Promise<void> {
  await db.insert(refusedExchanges).values({
    id: newId("rex"),
    organizationId: token.organizationId,
    accessTokenId: token.id,
    occurredAt: new Date(),
    job: { project: "test/test-project", ref },
    differences: [{ claim: "ref", expected: "refs/heads/main", found: ref }],
    allows: { ref },
  });
}

async function leftOf(tokenId: string): Promise<number> {
  const counts = await Promise.all([
    db.$count(trustedPipelines, eq(trustedPipelines.accessTokenId, tokenId)),
    db.$count(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, tokenId)),
    db.$count(refusedExchanges, eq(refusedExchanges.accessTokenId, tokenId)),
  ]);
  return counts.reduce((sum, amount) => sum + amount, 0);
}
