import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, idempotencyKeys } from "@/db/schema";
import { createToken, inDays } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { deleteAccessToken } from "./change";
import { type CreateAccessTokenInput, createAccessToken } from "./create";

const input: CreateAccessTokenInput = { name: "nightly", admin: false, expiresAt: inDays(30) };

const create = ({ group }: Tenant, key: string, changed: Partial<CreateAccessTokenInput> = {}) =>
  createAccessToken(group.admin, group.scope, { ...input, ...changed }, key);

test("a repeated key returns the first token without its secret, and creates nothing", async () => {
  const tenant = await createTenant();
  const first = await create(tenant, "key 1");
  expect(first.secret).toMatch(/^vhg_/);
  const before = await everyRow();
  expect(await create(tenant, "key 1")).toEqual({ token: first.token, secret: null });
  expect(await everyRow()).toEqual(before);
});

test("fifty concurrent requests with one key create one token and return one secret", async () => {
  const tenant = await createTenant();
  const answers = await Promise.all(Array.from({ length: 50 }, () => create(tenant, "key 1")));
  expect(answers.filter(({ secret }) => secret)).toHaveLength(1);
  const [id, ...others] = new Set(answers.map(({ token }) => token.id));
  expect(others).toEqual([]);
  expect(await db.$count(accessTokens, eq(accessTokens.groupId, tenant.group.id))).toBe(1);
  expect(await eventsOn(id ?? "")).toHaveLength(1);
});

test("a repeated key returns the token's current state", async () => {
  const tenant = await createTenant();
  const { token } = await create(tenant, "key 1");
  await db.update(accessTokens).set({ revokedAt: sql`now()` }).where(eq(accessTokens.id, token.id));
  expect((await create(tenant, "key 1")).token.status).toBe("revoked");
});

test.each([
  ["name", { name: "weekly" }],
  ["role", { admin: true }],
  ["expiration", { expiresAt: inDays(31) }],
])("a repeated key with another %s is a conflict", async (_what, changed) => {
  const tenant = await createTenant();
  await create(tenant, "key 1");
  const before = await everyRow();
  expect(await refusal(create(tenant, "key 1", changed))).toEqual({
    code: "conflict",
    message: "This request has already been made with other content. Start again.",
    errors: [],
  });
  expect(await everyRow()).toEqual(before);
});

test("a key belongs to one group", async () => {
  const { organization, group, otherGroup } = await createTenant();
  const roles = { [group.id]: "group_admin", [otherGroup.id]: "group_admin" } as const;
  const person = await createPerson(organization.id, "organization_user", roles);
  await createAccessToken(person, group.scope, input, "key 1");
  expect(await refusal(createAccessToken(person, otherGroup.scope, input, "key 1"))).toMatchObject({
    code: "conflict",
  });
});

test("a key belongs to one person", async () => {
  const { group, otherGroup } = await createTenant();
  const first = await createAccessToken(group.admin, group.scope, input, "key 1");
  const second = await createAccessToken(otherGroup.admin, otherGroup.scope, input, "key 1");
  expect(second.secret).not.toBeNull();
  expect(second.token.id).not.toBe(first.token.id);
});

test("a key whose token was deleted creates no other", async () => {
  const tenant = await createTenant();
  const { token } = await create(tenant, "key 1");
  await deleteAccessToken(tenant.group.admin, token.id);
  const message = "This access token was created before, and has been deleted since.";
  expect(await refusal(create(tenant, "key 1"))).toEqual({ code: "conflict", message, errors: [] });
});

test("a refused creation leaves its key unused", async () => {
  const tenant = await createTenant();
  await createToken(tenant.group.admin, tenant.group.scope, { name: "nightly" });
  expect(await refusal(create(tenant, "key 1"))).toMatchObject({ code: "name_taken" });
  expect((await create(tenant, "key 1", { name: "weekly" })).secret).not.toBeNull();
});

test("a person who lost the role learns nothing by repeating a key", async () => {
  const tenant = await createTenant();
  await create(tenant, "key 1");
  await db.execute(
    sql`update memberships set role = 'group_user' where user_id = ${tenant.group.admin.userId} and group_id is not null`,
  );
  expect(await refusal(create(tenant, "key 1"))).toMatchObject({ code: "forbidden" });
});

test("a key is kept for a day", async () => {
  const tenant = await createTenant();
  await create(tenant, "old");
  await db.update(idempotencyKeys).set({ createdAt: sql`now() - interval '25 hours'` });
  await create(tenant, "new", { name: "weekly" });
  const keys = db.select({ key: idempotencyKeys.key }).from(idempotencyKeys);
  expect(await keys.where(eq(idempotencyKeys.userId, tenant.group.admin.userId))).toEqual([{ key: "new" }]);
});
