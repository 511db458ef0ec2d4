import { beforeAll, beforeEach, expect, test } from "vitest";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { useProviders } from "@/testing/api/version-control";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";

const runners = "/api/v2.0/session-context/runners";

const providers = useProviders();

let base: string;
let tenant: Tenant;
let token: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
  await add({
    providerType: "gitlab",
    providerUrl: providers.gitlab.url,
    token: gitlabToken("projectBot"),
    targetId: "123",
  });
});

function add(access: Record<string, string>) {
  const input = addAccessInput.parse({ tokenScope: "project", ...access });
  return addAccess(tenant.group.admin, tenant.group.scope, token.id, input);
}

const register = (body: object = {}, secret = token.secret) =>
  askAs(base, secret, "POST", runners, { provider_url: providers.gitlab.url, tags: ["bench", "hil"], ...body });
const unregister = (id: unknown, secret = token.secret) => askAs(base, secret, "DELETE", `${runners}/${id}`);

test("a user-role token registers a runner at GitLab, and unregisters it", async () => {
  const { status, headers, body, text } = await register();
  expect(status).toBe(201);
  expect(headers["content-type"]).toBe("application/json");
  const [made] = providers.gitlab.runners.values();
  expect(body).toEqual({
    id: expect.stringMatching(/^run_/),
    provider_type: "gitlab",
    provider_url: providers.gitlab.url,
    runner_token: made?.token,
    tags: ["bench", "hil"],
    expires_at: null,
  });
  expect(made).toMatchObject({ tags: ["bench", "hil"], description: expect.stringContaining(String(body.id)) });
  expect(text).not.toContain(gitlabToken("projectBot"));

  const gone = await unregister(body.id);
  expect(gone).toMatchObject({ status: 204, text: "" });
  expect(gone.headers).not.toHaveProperty("content-type");
  await unregisterDueRunners();
  expect(providers.gitlab.runners.size).toBe(0);
  expect((await unregister(body.id)).status).toBe(404);
});

test("a registration at GitHub returns a registration token and its expiry", async () => {
  const target = { providerUrl: providers.github.url, targetId: "octo-org/octo-repo" };
  await add({ providerType: "github", token: githubToken("installation"), ...target });
  const { status, body } = await register({ provider_url: providers.github.url });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    provider_type: "github",
    provider_url: providers.github.url,
    runner_token: "LLBF3JGZDX3P5PMEXLND6TS6FCWO6",
    expires_at: new Date("2099-01-22T12:13:35.123-08:00").toISOString(),
  });
});

test("the provider's URL matches in any spelling, and the tags are optional", async () => {
  const url = `${providers.gitlab.url.replace("http", "HTTP")}/`;
  const answer = await askAs(base, token.secret, "POST", runners, { provider_url: url });
  expect(answer).toMatchObject({ status: 201, body: { provider_url: providers.gitlab.url, tags: ["vehaas"] } });
  expect([...providers.gitlab.runners.values()]).toMatchObject([{ tags: ["vehaas"], runUntagged: false }]);
});

test("a provider's URL is unknown without an access of the calling token", async () => {
  const other = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  expect(await register({}, other.secret)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect((await register({ provider_url: "https://gitlab.example.com" })).status).toBe(404);
  expect(providers.gitlab.runners.size).toBe(0);
});

test("a runner can only be unregistered by its own token", async () => {
  const { body } = await register();
  const other = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  for (const id of [body.id, "unknown", "%00"]) {
    expect(await unregister(id, other.secret)).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
  await unregisterDueRunners();
  expect(providers.gitlab.runners.size).toBe(1);
});

test("a provider's refusal is reported by its code", async () => {
  providers.gitlab.state.registrationEnabled = false;
  const { status, body, text } = await register();
  expect(status).toBe(422);
  expect(["registration_disabled", "missing_role"]).toContain(body.code);
  expect(text).not.toContain("glpat-standin");
  providers.gitlab.failWith("rate_limited");
  expect(await register()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  providers.gitlab.failWith("error");
  expect(await register()).toMatchObject({ status: 422, body: { code: "provider_unreachable" } });
});

test.each([
  [{ provider_url: 1 }, "provider_url"],
  [{ provider_url: "ftp://gitlab.example.com" }, "provider_url"],
  [{ tags: "bench" }, "tags"],
  [{ tags: ["a,b"] }, "tags.0"],
  [{ tags: ["x".repeat(65)] }, "tags.0"],
  [{ tags: Array.from({ length: 51 }, (_, place) => `t${place}`) }, "tags"],
])("%j is refused", async (body, field) => {
  expect(await register(body)).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field }] } });
});

test("the routes take no parameters and no other methods", async () => {
  expect(
    (await askAs(base, token.secret, "POST", `${runners}?a=1`, { provider_url: providers.gitlab.url })).status,
  ).toBe(400);
  const cases = [
    ["GET", runners, "POST"],
    ["GET", `${runners}/x`, "DELETE"],
  ] as const;
  for (const [method, path, allow] of cases) {
    expect(await askAs(base, token.secret, method, path)).toMatchObject({ status: 405, headers: { allow } });
  }
  expect((await register({}, "bad")).status).toBe(401);
});
