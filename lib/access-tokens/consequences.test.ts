import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import type { RunnerState } from "@/db/enums";
import { newId } from "@/db/ids";
import { accessTokens, runners, versionControlAccesses } from "@/db/schema";
import { setVariable } from "@/lib/environment-variables/change";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { addPipeline } from "@/testing/pipelines/pipelines";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { revokeAccessToken } from "./change";
import { consequencesOf } from "./queries";
import { completeRotation } from "./rotation/end";
import { rotateAccessToken } from "./rotation/rotate";

async function createScene() {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  return { ...tenant, admin, scope, token };
}

async function addAccess({ id, organizationId }: TestToken, providerUrl: string, removed = false): Promise<string> {
  const accessId = newId("vca");
  await db.insert(versionControlAccesses).values({
    id: accessId,
    organizationId,
    accessTokenId: id,
    providerType: "gitlab",
    providerUrl,
    tokenScope: "project",
    targetId: "123",
    sealedToken: Buffer.from("sealed"),
    tokenSuffix: "abcd",
    acceptsPersonalToken: false,
    removedAt: removed ? sql`now()` : null,
  });
  return accessId;
}

async function addRunner({ id, organizationId }: TestToken, accessId: string, state: RunnerState): Promise<void> {
  await db.insert(runners).values({ id: newId("run"), organizationId, accessId, accessTokenId: id, state, tags: [] });
}

test("a new token has no consequences", async () => {
  const { admin, token } = await createScene();
  expect(await consequencesOf(admin, token.id)).toEqual({
    status: "active",
    lastUsedAt: null,
    lastUsedFrom: null,
    secrets: [token.tokenSuffix],
    runners: 0,
    accesses: 0,
    variables: 0,
    pipelines: 0,
  });
});

test("the last use, registered runners, accesses, variables and trusted pipelines of this token are counted", async () => {
  const { admin, scope, token } = await createScene();
  const other = await createToken(admin, scope);
  const lastUsedAt = new Date("2026-11-24T10:00:00.000Z");
  const lastUsedFrom = [{ network: "192.0.2.0/24", client: "curl", lastUsedAt: lastUsedAt.toISOString() }];
  await db.update(accessTokens).set({ lastUsedAt, lastUsedFrom }).where(eq(accessTokens.id, token.id));
  const accessId = await addAccess(token, "https://gitlab.example.com/");
  await addAccess(token, "https://gitlab.example.org/");
  await addAccess(token, "https://removed.example.com/", true);
  await addRunner(token, accessId, "registered");
  await addRunner(token, accessId, "registered");
  await addRunner(token, accessId, "unregistering");
  await addRunner(other, await addAccess(other, "https://gitlab.example.com/"), "registered");
  for (const name of ["ONE", "TWO", "THREE"]) await setVariable(admin, token.id, { name, value: "x" });
  await addPipeline(admin, token.id);
  expect(await consequencesOf(admin, token.id)).toEqual({
    status: "active",
    lastUsedAt,
    lastUsedFrom: "192.0.2.0/24",
    secrets: [token.tokenSuffix],
    runners: 2,
    accesses: 2,
    variables: 3,
    pipelines: 1,
  });
});

test("after a revocation no runner is left to unregister", async () => {
  const { admin, token } = await createScene();
  await addRunner(token, await addAccess(token, "https://gitlab.example.com/"), "registered");
  await revokeAccessToken(admin, token.id);
  expect(await consequencesOf(admin, token.id)).toMatchObject({ status: "revoked", runners: 0, accesses: 1 });
  await expire(token.id);
  expect(await consequencesOf(admin, token.id)).toMatchObject({ status: "expired" });
});

test("both secrets are named while a rotation is pending", async () => {
  const { admin, token } = await createScene();
  const { secret } = await rotateAccessToken(admin, token.id, { oldSecret: "on_first_use" });
  expect((await consequencesOf(admin, token.id)).secrets).toEqual([token.tokenSuffix, secret.slice(-4)]);
  await completeRotation(admin, token.id);
  expect((await consequencesOf(admin, token.id)).secrets).toEqual([secret.slice(-4)]);
});

test("who may not see the token learns nothing", async () => {
  const { group, otherGroup, organizationAdmin, token } = await createScene();
  for (const actor of [group.user, otherGroup.admin, organizationAdmin])
    expect(await refusal(consequencesOf(actor, token.id))).toMatchObject({ code: "not_found" });
  expect(await refusal(consequencesOf(otherGroup.admin, token.id))).toMatchObject({
    code: "not_found",
  });
});
