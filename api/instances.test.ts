import { beforeAll, describe, expect, test } from "vitest";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { cancelRotation, completeRotation } from "@/lib/access-tokens/rotation/end";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { createToken, expire } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { eventsOn } from "@/testing/audit";
import { letEnd, secondsLeft } from "@/testing/rotation/rotations";
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

describe("the secrets of a rotated token", () => {
  async function rotated() {
    const { admin, scope } = tenant.group;
    const token = await createToken(admin, scope);
    const { secret } = await rotateAccessToken(admin, token.id, { oldSecret: "on_first_use" });
    return { admin, id: token.id, old: token.secret, secret };
  }

  test("are good at every instance, until the old one's end by the database's clock", async () => {
    const { old, secret } = await rotated();
    expect(await statusesOf(old)).toEqual(new Set([200]));
    // Only the first instance sees the first use.
    const first = String(instances[0]);
    expect((await ask(first, "/api/v2.0/access-tokens/self", { headers: { "private-token": secret } })).status).toBe(
      200,
    );
    const left = await secondsLeft(old);
    expect(left).toBeGreaterThan(3600 - 60);
    expect(left).toBeLessThanOrEqual(3600);
    expect(await statusesOf(old)).toEqual(new Set([200]));
    await letEnd(old);
    expect(await statusesOf(old)).toEqual(new Set([401]));
    expect(await statusesOf(secret)).toEqual(new Set([200]));
  });

  test("have one first use, whatever the number of instances that see it", async () => {
    const { id, secret } = await rotated();
    expect(await statusesOf(secret)).toEqual(new Set([200]));
    const actions = (await eventsOn(id)).map(({ action }) => action);
    expect(actions.filter((action) => action === "access_token.secret_first_used")).toHaveLength(1);
  });

  test.each<[string, (scene: Awaited<ReturnType<typeof rotated>>) => Promise<unknown>]>([
    ["revocation", ({ admin, id }) => revokeAccessToken(admin, id)],
    ["deletion", ({ admin, id }) => deleteAccessToken(admin, id)],
    ["expiration", ({ id }) => expire(id)],
  ])("are all refused at every instance after a %s", async (_what, end) => {
    const scene = await rotated();
    for (const one of [scene.old, scene.secret]) expect(await statusesOf(one)).toEqual(new Set([200]));
    await end(scene);
    for (const one of [scene.old, scene.secret]) expect(await statusesOf(one)).toEqual(new Set([401]));
  });

  test("are ended and discarded at every instance once acknowledged", async () => {
    const one = await rotated();
    await completeRotation(one.admin, one.id);
    expect(await statusesOf(one.old)).toEqual(new Set([401]));
    const other = await rotated();
    await cancelRotation(other.admin, other.id);
    expect(await statusesOf(other.secret)).toEqual(new Set([401]));
    expect(await statusesOf(other.old)).toEqual(new Set([200]));
  });
});
