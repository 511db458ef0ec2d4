import { beforeAll, beforeEach, expect, test } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { type Callers, createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { createTenant, type Tenant } from "@/testing/tenant";

const registration = "/api/v2.0/session-context/runners";
const people = usePeople();
const providers = useProviders();

let base: string;
let tenant: Tenant;
let callers: Callers;
/** A user-role token of the group; `one` is the path of its access at the stand-in GitLab, `path` that of its runners. */
let token: TestToken;
let one: string;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  callers = await createCallers(tenant);
  token = await createToken(tenant.group.admin, tenant.group.scope);
  one = await added(gitlabBody(providers));
  path = `${one}/runners`;
});

async function added(body: unknown): Promise<string> {
  const answer = await askAs(base, callers.groupAdmin.secret, "POST", accessesOf(token.id), body);
  expect(answer.status).toBe(201);
  return `${accessesOf(token.id)}/${answer.body.id}`;
}

const get = (to = path, by: TestToken = callers.groupAdmin) => askAs(base, by.secret, "GET", to);

async function register(tags: string[] = ["bench"], providerUrl = providers.gitlab.url): Promise<Answer["body"]> {
  const answer = await askAs(base, token.secret, "POST", registration, { provider_url: providerUrl, tags });
  expect(answer.status).toBe(201);
  return answer.body;
}

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test("runners are listed newest first, with their state and without their tokens", async () => {
  expect((await get()).body).toEqual({ items: [], next_cursor: null });
  const [older, newer] = [await register(), await register(["hil", "x y"])];
  const { status, headers, body, text } = await get();
  expect(status).toBe(200);
  expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
  const common = {
    provider_type: "gitlab",
    provider_url: providers.gitlab.url,
    state: "registered",
    last_error: null,
    created_at: instant,
    expires_at: null,
  };
  expect(body).toEqual({
    items: [
      { id: newer.id, tags: ["hil", "x y"], ...common },
      { id: older.id, tags: ["bench"], ...common },
    ],
    next_cursor: null,
  });
  for (const secret of [older.runner_token, newer.runner_token, "glpat-standin"]) {
    expect(text).not.toContain(String(secret));
  }
});

test("each access lists only its own runners", async () => {
  const atGithub = await added(githubBody(providers));
  const [first, second] = [await register(), await register([], providers.github.url)];
  expect((await get()).body.items).toMatchObject([{ id: first.id }]);
  const { body } = await get(`${atGithub}/runners`);
  expect(body.items).toMatchObject([{ id: second.id, provider_type: "github", expires_at: second.expires_at }]);
  const own = await askAs(base, callers.groupAdmin.secret, "POST", accessesOf(callers.groupAdmin.id), {
    ...gitlabBody(providers),
  });
  const ofOther = `${accessesOf(callers.groupAdmin.id)}/${own.body.id}/runners`;
  expect((await get(ofOther)).body.items).toEqual([]);
  // The access isn't found under another token.
  const under = path.replace(token.id, callers.groupAdmin.id);
  expect(await get(under)).toMatchObject({ status: 404, body: { code: "not_found" } });
});

test("a runner that can't be unregistered yet is listed with the reason", async () => {
  const { id } = await register();
  providers.gitlab.failWith("error");
  await revokeAccessToken(tenant.group.admin, tenant.group.scope, token.id);
  await unregisterDueRunners();
  const { body } = await get();
  expect(body.items).toMatchObject([{ id, state: "unregistering", last_error: expect.stringMatching(/\w+ \w+/) }]);
});

test("the runners of a removed access are listed until the last is gone; then the access is unknown", async () => {
  const { id } = await register();
  expect((await askAs(base, callers.groupAdmin.secret, "DELETE", one)).status).toBe(204);
  expect((await get(one)).status).toBe(404);
  expect((await get()).body.items).toMatchObject([{ id, state: "unregistering" }]);
  await unregisterDueRunners();
  expect(await get()).toMatchObject({ status: 404, body: { code: "not_found" } });
});

test("callers who may see the token see its runners, and so does the token itself", async () => {
  await register();
  expect(await ofEach(callers, async (by) => (await get(path, by)).status)).toEqual({
    groupAdmin: 200,
    groupUser: 404,
    organizationAdmin: 200,
    organizationUser: 404,
    otherGroupAdmin: 404,
    strangeOrganizationAdmin: 404,
  });
  expect((await get(path, token)).body.items).toHaveLength(1);
  const { group, otherGroup, organizationAdmin } = tenant;
  const statuses: number[] = [];
  for (const person of [group.admin, group.user, organizationAdmin, otherGroup.admin]) {
    await people.link(person);
    const headers = { authorization: `Bearer ${await people.jwtOf(person.userId)}` };
    statuses.push((await ask(base, path, { headers })).status);
  }
  expect(statuses).toEqual([200, 404, 404, 404]);
});

test("every malformed access id gets exactly the answer of an unknown one", async () => {
  const unknown = await get(`${accessesOf(token.id)}/unknown/runners`);
  expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
  for (const id of ["%00", "a%00b", "vca_%F0", "..%2f..%2fself"]) {
    expect((await get(`${accessesOf(token.id)}/${id}/runners`)).text).toBe(unknown.text);
  }
  expect((await get(`${accessesOf("unknown")}/unknown/runners`)).status).toBe(404);
});

test("HEAD works; parameters, other methods and types are refused", async () => {
  const { secret } = callers.groupAdmin;
  expect(await askAs(base, secret, "HEAD", path)).toMatchObject({ status: 200, text: "" });
  for (const query of ["limit=1", "cursor=x", "state=registered"]) {
    expect(await get(`${path}?${query}`)).toMatchObject({ status: 400, body: { code: "malformed" } });
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    expect(await askAs(base, secret, method, path)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  }
  const headers = { "private-token": secret, accept: "text/html" };
  expect((await ask(base, path, { headers })).status).toBe(406);
  expect((await askAs(base, "bad", "GET", path)).status).toBe(401);
});
