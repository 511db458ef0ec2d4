import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { type CreatedAccessToken, createAccessToken, createAccessTokenInput } from "@/lib/access-tokens/create";
import type { TechnicalUser } from "@/lib/auth/actor";
import { unseal } from "@/lib/crypto/seal";
import { registerSessionRunner, unregisterSessionRunner } from "@/lib/runners/register";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { credentialSealedAt } from "./access";
import { addAccess, addAccessInput } from "./add";
import { checkAgain, removeAccess, replaceToken } from "./change";
import { listAccesses, listRunners } from "./queries";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let tenant: Tenant;
let created: CreatedAccessToken;
let technical: TechnicalUser;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab({ subPath: "/gitlab" });
});
afterAll(() => gitlab.close());

beforeEach(async () => {
  gitlab.failWith(undefined);
  tenant = await createTenant();
  created = await newToken("nightly");
  const authenticated = await authenticateAccessToken(created.secret ?? "");
  if (!authenticated) throw new Error("the new token is refused");
  technical = authenticated.actor;
});

function newToken(name: string): Promise<CreatedAccessToken> {
  const expiresAt = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
  return createAccessToken(tenant.group.admin, tenant.group.scope, createAccessTokenInput.parse({ name, expiresAt }));
}

function input(differs: Partial<Parameters<typeof addAccessInput.parse>[0] & object> = {}) {
  return addAccessInput.parse({
    providerType: "gitlab",
    providerUrl: gitlab.url,
    token: gitlabToken("projectBot"),
    tokenScope: "project",
    targetId: "123",
    ...differs,
  });
}

const add = (differs = {}) => addAccess(tenant.group.admin, tenant.group.scope, created.token.id, input(differs));
const register = () => registerSessionRunner(technical, { providerUrl: gitlab.url, tags: ["bench"] });

async function remoteRunners(id: string): Promise<number> {
  return [...gitlab.runners.values()].filter(({ description }) => description === id).length;
}

/** Skips the pauses between attempts. */
async function unregisterNow(): Promise<void> {
  await db
    .update(runners)
    .set({ nextAttemptAt: sql`now() - interval '1 second'`, createdAt: sql`now() - interval '1 hour'` });
  await unregisterDueRunners();
}

test("an access is checked, stored sealed, and returned without its credential", async () => {
  const access = await add({ providerUrl: `${gitlab.url}/` });
  expect(access).toMatchObject({
    providerUrl: gitlab.url,
    targetId: "123",
    tokenSuffix: gitlabToken("projectBot").slice(-4),
    check: { status: "ok", code: null, message: null },
  });
  expect(await listAccesses(technical, tenant.group.scope, created.token.id)).toEqual([access]);
  expect(JSON.stringify([access, await everyRow()])).not.toContain(gitlabToken("projectBot"));
  expect(gitlab.runners.size).toBe(0);
});

test("a credential moved to another row can't be unsealed there", async () => {
  const { id } = await add();
  const [row] = await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id));
  if (!row) throw new Error("the access was not stored");
  expect(await unseal(db, credentialSealedAt(row), row.sealedToken)).toBe(gitlabToken("projectBot"));
  await expect(unseal(db, credentialSealedAt({ ...row, id: "vca_other" }), row.sealedToken)).rejects.toThrow();
});

test.each([
  ["expired", "credential_rejected"],
  ["personal", "credential_is_personal"],
] as const)("a credential that is %s is refused with %s, and nothing is stored", async (kind, code) => {
  expect(await refusal(add({ token: gitlabToken(kind) }))).toMatchObject({ code });
  expect(await listAccesses(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
});

test("a second access for the same URL is refused before the provider is called", async () => {
  await add();
  const asked = gitlab.requests.length;
  expect(await refusal(add({ providerUrl: `${gitlab.url}/` }))).toMatchObject({ code: "conflict" });
  expect(gitlab.requests.length).toBe(asked);
});

test("an actor who may not manage the token can't add, check, replace or remove an access", async () => {
  const { id } = await add();
  const attempts = [
    [tenant.group.user, "not_found"],
    [tenant.otherGroup.admin, "not_found"],
    [technical, "forbidden"],
  ] as const;
  for (const [actor, code] of attempts) {
    const scope = tenant.group.scope;
    const tokenId = created.token.id;
    const asked = gitlab.requests.length;
    expect(await refusal(addAccess(actor, scope, tokenId, input()))).toMatchObject({ code });
    expect(await refusal(checkAgain(actor, scope, tokenId, id))).toMatchObject({ code });
    const replacement = { token: gitlabToken("groupBot"), acceptPersonalToken: false };
    expect(await refusal(replaceToken(actor, scope, tokenId, id, replacement))).toMatchObject({ code });
    expect(await refusal(removeAccess(actor, scope, tokenId, id))).toBeDefined();
    expect(gitlab.requests.length).toBe(asked);
  }
  expect(await listAccesses(tenant.group.admin, tenant.group.scope, created.token.id)).toHaveLength(1);
});

test("a later failed check is stored with the access, and a new credential clears it", async () => {
  const { id } = await add();
  gitlab.failWith("error");
  const failed = await checkAgain(tenant.group.admin, tenant.group.scope, created.token.id, id);
  expect(failed.check).toMatchObject({ status: "failed", code: "provider_unreachable" });
  gitlab.failWith(undefined);
  expect(await listAccesses(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([failed]);
  const replaced = await replaceToken(tenant.group.admin, tenant.group.scope, created.token.id, id, {
    token: gitlabToken("groupBot"),
    acceptPersonalToken: false,
  });
  expect(replaced).toMatchObject({ id, check: { status: "ok" }, tokenSuffix: gitlabToken("groupBot").slice(-4) });
});

test("a session registers a runner, which is listed, and unregisters it", async () => {
  await add();
  const runner = await register();
  expect(runner).toMatchObject({ providerType: "gitlab", providerUrl: gitlab.url, tags: ["bench"] });
  expect(runner.runnerToken).toMatch(/^glrt-/);
  const listed = await listRunners(tenant.group.admin, tenant.group.scope, created.token.id);
  expect(listed).toMatchObject([{ id: runner.id, state: "registered" }]);
  expect(JSON.stringify([listed, await everyRow()])).not.toContain(runner.runnerToken);
  await unregisterSessionRunner(technical, runner.id);
  await unregisterDueRunners();
  expect(await remoteRunners(runner.id)).toBe(0);
  expect(await listRunners(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
});

test("another token's runner, and a URL without an access, are not found", async () => {
  await add();
  const runner = await register();
  const other = await authenticateAccessToken((await newToken("other")).secret ?? "");
  if (!other) throw new Error("the new token is refused");
  expect(await refusal(unregisterSessionRunner(other.actor, runner.id))).toMatchObject({ code: "not_found" });
  const asked = registerSessionRunner(other.actor, { providerUrl: gitlab.url, tags: [] });
  expect(await refusal(asked)).toMatchObject({ code: "not_found" });
});

test("a token revoked while the provider is down loses its runner once the provider is up again", async () => {
  await add();
  const runner = await register();
  gitlab.failWith("error");
  await revokeAccessToken(tenant.group.admin, tenant.group.scope, created.token.id);
  await unregisterDueRunners();
  const [waiting] = await listRunners(tenant.group.admin, tenant.group.scope, created.token.id);
  expect(waiting).toMatchObject({ state: "unregistering", lastError: expect.stringContaining("out of order") });
  await unregisterDueRunners();
  expect(await remoteRunners(runner.id)).toBe(1);
  gitlab.failWith(undefined);
  await unregisterNow();
  expect(await remoteRunners(runner.id)).toBe(0);
  await reactivateAccessToken(tenant.group.admin, tenant.group.scope, created.token.id);
  expect(await listRunners(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
});

test("a deleted token's credential stays sealed until its runner is gone, and is then deleted", async () => {
  const { id } = await add();
  const runner = await register();
  await deleteAccessToken(tenant.group.admin, tenant.group.scope, created.token.id);
  const stored = () => db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id));
  expect(await stored()).toHaveLength(1);
  await unregisterNow();
  expect(await remoteRunners(runner.id)).toBe(0);
  expect(await stored()).toEqual([]);
});

test("a removed access disappears at once, its runner follows, and the same URL can be added again", async () => {
  const { id } = await add();
  const runner = await register();
  await removeAccess(tenant.group.admin, tenant.group.scope, created.token.id, id);
  expect(await listAccesses(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
  await add();
  await unregisterNow();
  expect(await remoteRunners(runner.id)).toBe(0);
  const stored = await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id));
  expect(stored).toEqual([]);
});

test("a removed access without runners loses its credential at once", async () => {
  const { id } = await add();
  await removeAccess(tenant.group.admin, tenant.group.scope, created.token.id, id);
  const stored = await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id));
  expect(stored).toEqual([]);
});

test("a runner whose registration was never recorded is found at the provider and removed", async () => {
  await add();
  const before = gitlab.runners.size;
  gitlab.failWith("answer_lost");
  expect(await refusal(register())).toMatchObject({ code: "provider_unreachable" });
  gitlab.failWith(undefined);
  expect(gitlab.runners.size).toBe(before + 1);
  await unregisterNow();
  expect(gitlab.runners.size).toBe(before);
  expect(await listRunners(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
});

test("a registration that the provider surely refused leaves no row", async () => {
  const { id } = await add();
  await db.update(versionControlAccesses).set({ targetId: "999" }).where(eq(versionControlAccesses.id, id));
  expect(await refusal(register())).toMatchObject({ code: expect.stringMatching(/target_not_found|missing_role/) });
  expect(await listRunners(tenant.group.admin, tenant.group.scope, created.token.id)).toEqual([]);
});
