import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { sharedCases } from "@/testing/shared-cases";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const providers = useProviders();
const onGitlab = (differs = {}) => gitlabBody(providers, differs);
const onGithub = (differs = {}) => githubBody(providers, differs);

let base: string;
let admin: TestToken;
let user: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
  user = await createToken(group.admin, group.scope);
});

const add = (tokenId: string, body: unknown = onGitlab(), by = admin) =>
  askAs(base, by.secret, "POST", accessesOf(tokenId), body);

async function added(tokenId: string, body: unknown = onGitlab()): Promise<string> {
  const { status, body: access } = await add(tokenId, body);
  expect(status).toBe(201);
  return `${accessesOf(tokenId)}/${access.id}`;
}

test("an access is added, listed, checked and removed", async () => {
  const spelled = onGitlab({ provider_url: `${providers.gitlab.url.replace("http", "HTTP")}/` });
  const { status, headers, body, text } = await add(user.id, spelled);
  expect(status).toBe(201);
  expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
  expect(body).toEqual({
    id: expect.stringMatching(/^vca_/),
    provider_type: "gitlab",
    provider_url: providers.gitlab.url,
    token_scope: "project",
    target_id: "123",
    allowed_tags: [],
    run_untagged: false,
    token_suffix: gitlabToken("projectBot").slice(-4),
    check: { status: "ok", code: null, message: null, checked_at: instant },
    token_expires_at: instant,
    created_at: instant,
  });
  const list = await askAs(base, admin.secret, "GET", accessesOf(user.id));
  expect(list).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
  expect(list.body).toEqual({ items: [body], next_cursor: null });

  const one = `${accessesOf(user.id)}/${body.id}`;
  const checked = await askAs(base, admin.secret, "POST", `${one}/check`);
  expect(checked.status).toBe(200);
  expect(checked.body).toEqual({ ...body, check: { status: "ok", code: null, message: null, checked_at: instant } });

  for (const answer of [text, list.text, checked.text]) expect(answer).not.toContain("glpat-standin");

  const removed = await askAs(base, admin.secret, "DELETE", one);
  expect(removed).toMatchObject({ status: 204, text: "" });
  expect(removed.headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  expect(removed.headers).not.toHaveProperty("content-type");
  expect((await askAs(base, admin.secret, "GET", accessesOf(user.id))).body).toEqual({ items: [], next_cursor: null });
  for (const [method, path] of [
    ["DELETE", one],
    ["POST", `${one}/check`],
  ] as const) {
    expect(await askAs(base, admin.secret, method, path)).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
});

test("an access at GitHub has no expiry if GitHub reports none", async () => {
  const { body } = await add(user.id, onGithub());
  expect(body).toMatchObject({ provider_type: "github", target_id: "octo-org/octo-repo", token_expires_at: null });
});

test("a check takes no fields", async () => {
  const { body } = await askAs(base, admin.secret, "POST", accessesOf(user.id), gitlabBody(providers));
  const check = (value: unknown) => askAs(base, admin.secret, "POST", `${accessesOf(user.id)}/${body.id}/check`, value);
  expect((await check({})).status).toBe(200);
  expect(await check({ force: true })).toMatchObject({ status: 422, body: { errors: [{ field: "force" }] } });
});

test("a failed check is a result, and is shown in the list", async () => {
  const one = await added(user.id);
  providers.gitlab.failWith("error");
  const checked = await askAs(base, admin.secret, "POST", `${one}/check`);
  expect(checked.status).toBe(200);
  expect(checked.body.check).toEqual({
    status: "failed",
    code: "provider_unreachable",
    message: expect.stringMatching(/\w/),
    checked_at: instant,
  });
  expect((await askAs(base, admin.secret, "GET", accessesOf(user.id))).body.items).toEqual([checked.body]);
});

test.each([
  ["credential_rejected", { token: gitlabToken("expired") }],
  ["credential_is_personal", { token: gitlabToken("personal") }],
  ["missing_scope", { token: gitlabToken("readOnly") }],
  ["missing_role", { token: gitlabToken("developer") }],
  ["target_not_found", { target_id: "999" }],
  ["provider_url_not_allowed", { provider_url: "https://10.0.0.1" }],
  ["provider_url_not_allowed", { provider_url: "http://169.254.169.254" }],
])("a new access with %s is refused with an explanation", async (code, differs) => {
  const { status, body, text } = await add(user.id, onGitlab(differs));
  expect(status).toBe(422);
  expect(body).toEqual({
    type: "about:blank",
    title: "Unprocessable Entity",
    status: 422,
    code,
    detail: expect.stringMatching(/\w+ \w+/),
  });
  expect(text).not.toContain("glpat-standin");
});

test("a personal credential is accepted if the request confirms it", async () => {
  const personal = { token: gitlabToken("personal"), accept_personal_token: true };
  expect((await add(user.id, onGitlab(personal))).status).toBe(201);
});

test("a server that isn't the provider, and an unreachable one, are refused", async () => {
  providers.gitlab.failWith("html");
  expect(await add(user.id)).toMatchObject({ status: 422, body: { code: "provider_not_recognized" } });
  const closed = onGitlab({ provider_url: await freeAddress() });
  expect(await add(user.id, closed)).toMatchObject({ status: 422, body: { code: "provider_unreachable" } });
});

test("a provider's rate limit is 429 with its Retry-After", async () => {
  providers.gitlab.failWith("rate_limited");
  const answer = await add(user.id);
  expect(answer).toMatchObject({ status: 429, body: { code: "rate_limited" }, headers: { "retry-after": "30" } });
});

test("fields refused by the command are named in the API's spelling", async () => {
  const errorsOf = async (differs: object) => {
    const { status, body } = await add(user.id, onGitlab(differs));
    return { status, code: body.code, errors: body.errors };
  };
  const refused = (field: string) => ({
    status: 422,
    code: "invalid",
    errors: [{ field, message: expect.any(String) }],
  });
  expect(await errorsOf({ provider_url: "https://gitlab.com\\@evil.example" })).toEqual(refused("provider_url"));
  expect(await errorsOf({ target_id: "../admin" })).toEqual(refused("target_id"));
  await added(user.id);
  expect(await errorsOf({})).toMatchObject({ status: 409, code: "conflict", errors: [{ field: "provider_url" }] });
});

const cases = sharedCases("vcs_token");

test.runIf(cases.length > 0)("every shared case of a credential is checked before it is sent", async () => {
  for (const { value, expect: expected, why } of cases) {
    const { body } = await add(user.id, onGitlab({ token: value }));
    if (expected === "accept") expect(body.code, why).toBe("credential_rejected");
    else expect(body, why).toMatchObject({ code: "invalid", errors: [{ field: "token" }] });
  }
});

/** The URL of a port that nothing listens on. */
async function freeAddress(): Promise<string> {
  const { url, close } = await startGitlab();
  await close();
  return url;
}

test("the routes take no parameters and no other methods", async () => {
  const one = await added(user.id);
  expect((await askAs(base, admin.secret, "GET", `${accessesOf(user.id)}?limit=1`)).status).toBe(400);
  for (const [method, path, allow] of [
    ["PUT", accessesOf(user.id), "GET, HEAD, POST"],
    ["PUT", one, "GET, HEAD, PATCH, DELETE"],
    ["GET", `${one}/check`, "POST"],
  ] as const) {
    expect(await askAs(base, admin.secret, method, path)).toMatchObject({ status: 405, headers: { allow } });
  }
  expect((await askAs(base, "bad", "POST", `${one}/check`)).status).toBe(401);
});
