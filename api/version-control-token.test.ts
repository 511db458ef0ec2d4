import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { eventsOn } from "@/testing/audit";
import { sharedCases } from "@/testing/shared-cases";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";

const providers = useProviders();

let base: string;
let admin: TestToken;
let user: TestToken;
/** The user's access at the stand-in GitLab, as returned when it was added. */
let access: Answer["body"];
let one: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
  user = await createToken(group.admin, group.scope);
  access = await added(gitlabBody(providers));
  one = `${accessesOf(user.id)}/${access.id}`;
});

async function added(body: unknown): Promise<Answer["body"]> {
  const answer = await askAs(base, admin.secret, "POST", accessesOf(user.id), body);
  expect(answer.status).toBe(201);
  return answer.body;
}

const replace = (body: unknown, to = one) => askAs(base, admin.secret, "PUT", `${to}/token`, body);
const list = async () => (await askAs(base, admin.secret, "GET", accessesOf(user.id))).body.items;
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test("a new credential replaces the stored one and changes nothing else", async () => {
  const { status, headers, body, text } = await replace({ token: gitlabToken("groupBot") });
  expect(status).toBe(200);
  expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
  expect(body).toEqual({
    ...access,
    token_suffix: gitlabToken("groupBot").slice(-4),
    check: { status: "ok", code: null, message: null, checked_at: instant },
  });
  expect(await list()).toEqual([body]);
  expect(text).not.toContain("glpat-standin");
  expect((await eventsOn(user.id)).at(-1)).toEqual({
    action: "version_control_access.token_replaced",
    actorId: admin.actor.userId,
    detail: { provider_url: providers.gitlab.url },
  });
});

test("a replacement replaces the old credential's failed check", async () => {
  providers.gitlab.failWith("error");
  const failed = await askAs(base, admin.secret, "POST", `${one}/check`);
  expect(failed.body.check).toMatchObject({ status: "failed" });
  providers.gitlab.failWith(undefined);
  expect(await replace({ token: gitlabToken("projectBot") })).toMatchObject({
    status: 200,
    body: { check: { status: "ok", code: null, message: null } },
  });
});

test("a runner is registered with the new credential", async () => {
  await replace({ token: gitlabToken("groupBot") });
  const body = { provider_url: providers.gitlab.url, tags: ["bench"] };
  const registered = await askAs(base, user.secret, "POST", "/api/v2.0/session-context/runners", body);
  expect(registered.status).toBe(201);
  expect(providers.gitlab.requests.at(-1)?.headers["private-token"]).toBe(gitlabToken("groupBot"));
});

test.each([
  ["credential_rejected", { token: gitlabToken("expired") }],
  ["credential_is_personal", { token: gitlabToken("personal") }],
  ["credential_is_personal", { token: gitlabToken("personal"), accept_personal_token: false }],
  ["missing_scope", { token: gitlabToken("readOnly") }],
  ["missing_role", { token: gitlabToken("developer") }],
])("a credential with %s is refused, and the stored one stays", async (code, body) => {
  const before = await eventsOn(user.id);
  const answer = await replace(body);
  expect(answer.status).toBe(422);
  expect(answer.body).toEqual({
    type: "about:blank",
    title: "Unprocessable Entity",
    status: 422,
    code,
    detail: expect.stringMatching(/\w+ \w+/),
  });
  expect(answer.text).not.toContain("glpat-standin");
  expect(await list()).toEqual([access]);
  expect(await eventsOn(user.id)).toEqual(before);
});

test("a replacement is refused if registration is disabled or the provider's answer is wrong", async () => {
  const good = { token: gitlabToken("groupBot") };
  providers.gitlab.state.registrationEnabled = false;
  const disabled = await replace(good);
  expect(disabled.status).toBe(422);
  expect(["registration_disabled", "missing_role"]).toContain(disabled.body.code);
  providers.gitlab.failWith("html");
  expect(await replace(good)).toMatchObject({ status: 422, body: { code: "provider_not_recognized" } });
  providers.gitlab.failWith("error");
  expect(await replace(good)).toMatchObject({ status: 422, body: { code: "provider_unreachable" } });
  providers.gitlab.failWith("rate_limited");
  const limited = await replace(good);
  expect(limited).toMatchObject({ status: 429, body: { code: "rate_limited" }, headers: { "retry-after": "30" } });
  expect(await list()).toEqual([access]);
});

test("a credential that doesn't see the target is refused", async () => {
  const { id } = await added(githubBody(providers));
  const answer = await replace({ token: githubToken("blind") }, `${accessesOf(user.id)}/${id}`);
  expect(answer).toMatchObject({ status: 422, body: { code: "target_not_found" } });
});

test("a replacement is refused if the provider can't be reached", async () => {
  const { url, close } = await startGitlab();
  const { id } = await added(gitlabBody(providers, { provider_url: url }));
  await close();
  const answer = await replace({ token: gitlabToken("groupBot") }, `${accessesOf(user.id)}/${id}`);
  expect(answer).toMatchObject({ status: 422, body: { code: "provider_unreachable" } });
});

test("a personal credential is accepted if the request confirms it, at GitHub too", async () => {
  const personal = { token: gitlabToken("personal"), accept_personal_token: true };
  expect(await replace(personal)).toMatchObject({ status: 200, body: { token_expires_at: null } });
  const { id } = await added(githubBody(providers));
  const atGithub = `${accessesOf(user.id)}/${id}`;
  const classic = { token: githubToken("classic") };
  expect(await replace(classic, atGithub)).toMatchObject({ status: 422, body: { code: "credential_is_personal" } });
  const taken = await replace({ ...classic, accept_personal_token: true }, atGithub);
  expect(taken).toMatchObject({ status: 200, body: { provider_type: "github", token_expires_at: instant } });
});

test.each([
  [{}, ["token"]],
  [{ token: "" }, ["token"]],
  [{ token: 1 }, ["token"]],
  [{ token: "a b" }, ["token"]],
  [{ token: "x".repeat(4097) }, ["token"]],
  [{ token: null, accept_personal_token: "yes" }, ["token", "accept_personal_token"]],
  [{ token: "glpat-x", acceptPersonalToken: true }, ["acceptPersonalToken"]],
  [{ token: "glpat-x", provider_url: "https://gitlab.com" }, ["provider_url"]],
  [{ token: "glpat-x", id: "vca_1", check: {} }, ["id", "check"]],
  [[], ["body"]],
])("body %# is refused before any request to the provider", async (body, fields) => {
  const asked = providers.gitlab.requests.length;
  const answer = await replace(body);
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid", errors: fields.map((field) => ({ field })) } });
  expect(providers.gitlab.requests.length).toBe(asked);
});

const cases = sharedCases("vcs_token");

test.runIf(cases.length > 0)("every shared case of a credential is checked before it is sent", async () => {
  for (const { value, expect: expected, why } of cases) {
    const { body } = await replace({ token: value });
    if (expected === "accept") expect(body.code, why).toBe("credential_rejected");
    else expect(body, why).toMatchObject({ code: "invalid", errors: [{ field: "token" }] });
  }
});

test("a missing access and another token's access are unknown", async () => {
  const good = { token: gitlabToken("groupBot") };
  const under = (id: unknown) => `${accessesOf(user.id)}/${id}`;
  const unknown = await replace(good, under("unknown"));
  expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
  const own = await askAs(base, admin.secret, "POST", accessesOf(admin.id), gitlabBody(providers));
  for (const id of [own.body.id, "%00", "..%2f..%2fself"]) {
    expect((await replace(good, under(id))).text).toBe(unknown.text);
  }
  await askAs(base, admin.secret, "DELETE", one);
  expect((await replace(good)).text).toBe(unknown.text);
});

test("the route takes JSON, no parameters and no other methods", async () => {
  const to = `${one}/token`;
  expect((await askAs(base, admin.secret, "PUT", `${to}?force=1`, { token: "x" })).status).toBe(400);
  for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
    expect(await askAs(base, admin.secret, method, to)).toMatchObject({ status: 405, headers: { allow: "PUT" } });
  }
  expect((await askAs(base, "bad", "PUT", to, { token: "x" })).status).toBe(401);
  const headers = { "private-token": admin.secret, "content-type": "text/plain" };
  expect((await ask(base, to, { method: "PUT", headers, body: "{}" })).status).toBe(415);
  const json = { ...headers, "content-type": "application/json" };
  expect((await ask(base, to, { method: "PUT", headers: json, body: "{" })).status).toBe(400);
  const large = JSON.stringify({ token: "x".repeat(300_000) });
  expect((await ask(base, to, { method: "PUT", headers: json, body: large })).status).toBe(413);
  const html = { ...json, accept: "text/html" };
  expect((await ask(base, to, { method: "PUT", headers: html, body: "{}" })).status).toBe(406);
});
