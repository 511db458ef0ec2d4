import { beforeAll, beforeEach, expect, test } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, useProviders } from "@/testing/api/version-control";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { createTenant, type Tenant } from "@/testing/tenant";

const providers = useProviders();

let base: string;
let group: Tenant["group"];
let admin: TestToken;
let one: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  group = (await createTenant()).group;
  admin = await createToken(group.admin, group.scope, { admin: true });
  const { status, body } = await askAs(base, admin.secret, "POST", accessesOf(admin.id), githubBody(providers));
  expect(status).toBe(201);
  one = `${accessesOf(admin.id)}/${body.id}`;
});

const register = () =>
  askAs(base, admin.secret, "POST", "/api/v2.0/session-context/runners", { provider_url: providers.github.url });
const check = async () => (await askAs(base, admin.secret, "POST", `${one}/check`)).body.check;

test.each(["changed", "taken"] as const)(
  "a repository whose name has %s is not found, and its runner is still unregistered",
  async (names) => {
    const { body: runner } = await register();
    providers.github.runners.set(23, { id: 23, name: String(runner.id), busy: false });
    providers.github.state.names = names;

    const refused = await register();
    expect(refused).toMatchObject({ status: 422, body: { code: "target_not_found" } });
    expect(await check()).toMatchObject({ status: "failed", code: "target_not_found", message: refused.body.detail });
    // The check must not adopt the repository that now has the name.
    expect(await register()).toMatchObject({ body: { detail: refused.body.detail } });

    await revokeAccessToken(group.admin, group.scope, admin.id);
    expect(await unregisterDueRunners()).toBe(1);
    expect(providers.github.runners.size).toBe(0);
  },
);

test("replacing a credential can't reach another repository under the old name", async () => {
  providers.github.state.names = "taken";
  const replaced = await askAs(base, admin.secret, "PUT", `${one}/token`, { token: githubBody(providers).token });
  expect(replaced).toMatchObject({ status: 422, body: { code: "target_not_found" } });
  providers.github.state.names = "kept";
  expect(await register()).toMatchObject({ status: 201 });
});
