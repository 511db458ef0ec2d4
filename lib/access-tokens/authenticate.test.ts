import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { accessTokens, memberships } from "@/db/schema";
import { createToken } from "@/testing/access-tokens";
import { createRotationScene } from "@/testing/rotation/rotations";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";
import { generateSecret, hashSecret } from "./secret";
import { flushUses } from "./uses/record";

async function countQueries(work: () => Promise<unknown>): Promise<number> {
  // Otherwise a background write of earlier uses might be counted.
  await flushUses();
  let queries = 0;
  const count = () => queries++;
  pool.on("acquire", count);
  await work();
  pool.off("acquire", count);
  return queries;
}

test("a valid secret yields the technical user and the token in one query", async () => {
  const { group } = await createTenant();
  const { secret, actor, ...token } = await createToken(group.admin, group.scope);

  const queries = await countQueries(async () => {
    expect(await authenticateAccessToken(secret)).toEqual({
      actor: { ...actor, secretHash: hashSecret(secret) },
      token,
      authenticatedBy: { kind: "secret", tokenSuffix: secret.slice(-4) },
    });
  });
  expect(queries).toBe(1);
});

test("an organization token has no group", async () => {
  const { organization, organizationAdmin } = await createTenant();
  const { secret } = await createToken(organizationAdmin, organization.scope, { admin: true });
  const caller = await authenticateAccessToken(secret);
  expect(caller?.token).toMatchObject({ role: "organization_admin", groupId: null, organizationId: organization.id });
});

test("a revoked token is refused until it is reactivated", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { id, secret } = await createToken(admin, scope);

  await revokeAccessToken(admin, id);
  expect(await authenticateAccessToken(secret)).toBeUndefined();
  await reactivateAccessToken(admin, id);
  expect(await authenticateAccessToken(secret)).toBeDefined();
});

test("a deleted token is refused", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { id, secret } = await createToken(admin, scope);
  await deleteAccessToken(admin, id);
  expect(await authenticateAccessToken(secret)).toBeUndefined();
});

test("a token is refused from its expiration on", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { id, secret } = await createToken(admin, scope);
  await setExpiration(id, "now()");
  expect(await authenticateAccessToken(secret)).toBeUndefined();
  await setExpiration(id, "now() + interval '1 minute'");
  expect(await authenticateAccessToken(secret)).toBeDefined();
});

test("the role is the technical user's current one", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { secret, actor } = await createToken(admin, scope, { admin: true });
  await db.update(memberships).set({ role: "group_user" }).where(eq(memberships.userId, actor.userId));
  expect((await authenticateAccessToken(secret))?.token.role).toBe("group_user");
});

test("an unknown secret is refused after one query", async () => {
  const queries = await countQueries(async () => {
    expect(await authenticateAccessToken(generateSecret("group"))).toBeUndefined();
  });
  expect(queries).toBe(1);
});

test("a retired secret is refused after one query, like an unknown one", async () => {
  const { token, rotate } = await createRotationScene();
  await rotate({ oldSecret: "now" });
  const queries = await countQueries(async () => {
    expect(await authenticateAccessToken(token.secret)).toBeUndefined();
  });
  expect(queries).toBe(1);
});

test("the secrets of a rotated token need one query, once the new one was used", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await authenticateAccessToken(secret);
  const queries = await countQueries(async () => {
    for (const one of [token.secret, secret]) expect(await authenticateAccessToken(one)).toBeDefined();
  });
  expect(queries).toBe(2);
});

test("a malformed secret is refused without a query", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { secret } = await createToken(admin, scope);
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

async function setExpiration(id: string, instant: string): Promise<void> {
  const expiresAt = sql.raw(instant);
  await db
    .update(accessTokens)
    .set({ createdAt: sql`${expiresAt} - interval '1 hour'`, expiresAt })
    .where(eq(accessTokens.id, id));
}
