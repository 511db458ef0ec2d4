import { beforeAll, expect, test } from "vitest";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { createTenant, type Tenant } from "@/testing/tenant";

let instances: string[];
let tenant: Tenant;

beforeAll(async () => {
  instances = await Promise.all([startInstance(), startInstance()]);
  tenant = await createTenant();
});

/** The statuses of several requests with the secret at each instance. */
async function statusesOf(secret: string): Promise<Set<number>> {
  const headers = { "private-token": secret };
  const asked = instances.flatMap((base) =>
    Array.from({ length: 5 }, () => ask(base, "/api/v2.0/access-tokens/self", { headers })),
  );
  return new Set((await Promise.all(asked)).map(({ status }) => status));
}

test("a revocation and a reactivation hold at every instance once acknowledged", async () => {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  for (let round = 0; round < 10; round++) {
    expect(await statusesOf(token.secret)).toEqual(new Set([200]));
    await revokeAccessToken(admin, token.id);
    expect(await statusesOf(token.secret)).toEqual(new Set([401]));
    await reactivateAccessToken(admin, token.id);
  }
});

test("a revocation holds at every instance while the token is in use", async () => {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  let using = true;
  const users = Array.from({ length: 4 }, async () => {
    while (using) await statusesOf(token.secret);
  });
  await revokeAccessToken(admin, token.id);
  const afterwards = await statusesOf(token.secret);
  using = false;
  await Promise.all(users);
  expect(afterwards).toEqual(new Set([401]));
});

test("a deletion holds at every instance once acknowledged", async () => {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  expect(await statusesOf(token.secret)).toEqual(new Set([200]));
  await deleteAccessToken(admin, token.id);
  expect(await statusesOf(token.secret)).toEqual(new Set([401]));
});
