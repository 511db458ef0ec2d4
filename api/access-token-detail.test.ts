import { beforeAll, expect, test } from "vitest";
import { flushUses } from "@/lib/access-tokens/uses/record";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { serveApiWithContext } from "@/testing/api/server";
import { createTenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let base: string;
beforeAll(async () => {
  base = await serveApiWithContext();
});

async function createScene() {
  const { group } = await createTenant();
  const [admin, user] = [
    await createToken(group.admin, group.scope, { admin: true }),
    await createToken(group.admin, group.scope),
  ];
  return { group, admin, user };
}

const get = (path: string, { secret }: TestToken, userAgent = "curl/8.5.0") =>
  ask(base, path, { headers: { "private-token": secret, "user-agent": userAgent } });

test("one token is answered with the networks of its uses", async () => {
  const { admin, user } = await createScene();
  const path = `${tokens}/${user.id}`;
  expect((await get(path, admin)).body).toMatchObject({ last_used_at: null, last_used_from: [] });
  await get(`${tokens}/self`, user, "GitLab-Runner 17.2.0 (17-2-stable; linux/amd64)");
  await flushUses();
  const { body } = await get(path, admin);
  expect(body.last_used_at).toEqual(instant);
  const use = { network: "127.0.0.0/24", last_used_at: body.last_used_at, client: "GitLab-Runner" };
  expect(body.last_used_from).toEqual([use]);
});

test("a client that does not name itself is null", async () => {
  const { admin, user } = await createScene();
  await get(`${tokens}/self`, user, "(unnamed)");
  await flushUses();
  const { body } = await get(`${tokens}/${user.id}`, admin);
  expect(body.last_used_from).toMatchObject([{ client: null }]);
});

test("a token with the user role sees its own networks only", async () => {
  const { admin, user } = await createScene();
  await get(`${tokens}/self`, user);
  await flushUses();
  expect((await get(`${tokens}/${user.id}`, user)).body.last_used_from).toHaveLength(1);
  expect((await get(`${tokens}/${admin.id}`, user)).status).toBe(404);
});

test("the other answers have no networks", async () => {
  const { group, admin, user } = await createScene();
  const headers = { "private-token": admin.secret };
  const others = [
    (await get(`${tokens}/self`, admin)).body,
    (await get(`${tokens}?group_id=${group.id}`, admin)).body,
    (await ask(base, `${tokens}/${user.id}/revoke`, { method: "POST", headers })).body,
  ];
  for (const body of others) expect(JSON.stringify(body)).not.toContain("last_used_from");
});
