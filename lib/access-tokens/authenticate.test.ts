import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { accessTokens, memberships } from "@/db/schema";
import type { OrganizationScope } from "@/lib/auth/scope";
import { createTenant, type Tenant } from "@/lib/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";
import { createAccessToken } from "./create";
import { expiration } from "./expiration";
import { flushLastUsed } from "./last-used";
import { generateSecret, hashSecret } from "./secret";

const inAnHour = () => expiration.parse(new Date(Date.now() + 3_600_000).toISOString());

async function createToken({ group }: Tenant, { admin = false } = {}) {
  const input = { name: "nightly", expiresAt: inAnHour(), admin };
  const { token, secret } = await createAccessToken(group.admin, group.scope, input);
  if (!secret) throw new Error("the secret was not answered");
  return { token, secret };
}

async function countQueries(work: () => Promise<unknown>): Promise<number> {
  // Else the background's write of earlier uses might be counted.
  await flushLastUsed();
  let queries = 0;
  const count = () => queries++;
  pool.on("acquire", count);
  await work();
  pool.off("acquire", count);
  return queries;
}

test("a good secret yields the technical user and the token, by one query", async () => {
  const tenant = await createTenant();
  const { token, secret } = await createToken(tenant);

  const queries = await countQueries(async () => {
    expect(await authenticateAccessToken(secret)).toEqual({
      token,
      actor: {
        kind: "technical",
        userId: token.technicalUser.id,
        name: token.technicalUser.username,
        accessTokenId: token.id,
      },
    });
  });
  expect(queries).toBe(1);
});

test("an organization token has no group", async () => {
  const { organization, organizationAdmin } = await createTenant();
  const scope: OrganizationScope = organization.scope;
  const input = { name: "fleet", expiresAt: inAnHour(), admin: true };
  const { secret } = await createAccessToken(organizationAdmin, scope, input);

  const caller = await authenticateAccessToken(secret ?? "");
  expect(caller?.token).toMatchObject({ role: "organization_admin", groupId: null, organizationId: organization.id });
});

test("a revoked token is refused until it is reactivated", async () => {
  const tenant = await createTenant();
  const { token, secret } = await createToken(tenant);
  const { admin, scope } = tenant.group;

  await revokeAccessToken(admin, scope, token.id);
  expect(await authenticateAccessToken(secret)).toBeUndefined();
  await reactivateAccessToken(admin, scope, token.id);
  expect(await authenticateAccessToken(secret)).toBeDefined();
});

test("a deleted token is refused", async () => {
  const tenant = await createTenant();
  const { token, secret } = await createToken(tenant);
  await deleteAccessToken(tenant.group.admin, tenant.group.scope, token.id);
  expect(await authenticateAccessToken(secret)).toBeUndefined();
});

test("a token is refused from the instant of its expiration on", async () => {
  const tenant = await createTenant();
  const { token, secret } = await createToken(tenant);
  await setExpiration(token.id, new Date());
  expect(await authenticateAccessToken(secret)).toBeUndefined();
  await setExpiration(token.id, new Date(Date.now() + 60_000));
  expect(await authenticateAccessToken(secret)).toBeDefined();
});

test("the role is the one that the technical user has now", async () => {
  const tenant = await createTenant();
  const { token, secret } = await createToken(tenant, { admin: true });
  await db.update(memberships).set({ role: "group_user" }).where(eq(memberships.userId, token.technicalUser.id));
  expect((await authenticateAccessToken(secret))?.token.role).toBe("group_user");
});

test("a secret that nobody has is refused, after a query", async () => {
  const queries = await countQueries(async () => {
    expect(await authenticateAccessToken(generateSecret("group"))).toBeUndefined();
  });
  expect(queries).toBe(1);
});

test("what is no secret is refused without a query", async () => {
  const { secret } = await createToken(await createTenant());
  const flipped = secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0");
  const inOtherCase = secret.replace(/[a-z](?=.{6}$)/, (letter) => letter.toUpperCase());
  const candidates = [
    flipped,
    secret.replace(/^vhg_/, "vho_"),
    secret.slice(0, -1),
    `${secret}0`,
    `${secret}\n`,
    ` ${secret}`,
    "vhg_",
    "",
    hashSecret(secret).toString("hex"),
    "' OR 1=1--",
    "A".repeat(16_000),
    ...(inOtherCase === secret ? [] : [inOtherCase]),
  ];
  const queries = await countQueries(async () => {
    for (const candidate of candidates) expect(await authenticateAccessToken(candidate), candidate).toBeUndefined();
  });
  expect(queries).toBe(0);
});

async function setExpiration(id: string, expiresAt: Date): Promise<void> {
  const createdAt = new Date(expiresAt.getTime() - 3_600_000);
  await db.update(accessTokens).set({ createdAt, expiresAt }).where(eq(accessTokens.id, id));
}
