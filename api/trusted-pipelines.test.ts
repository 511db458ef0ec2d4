import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { addPipeline } from "@/testing/pipelines/pipelines";
import { createTenant, type Tenant } from "@/testing/tenant";

const people = usePeople();
const pipelinesOf = (tokenId: string) => `/api/v2.0/access-tokens/${tokenId}/trusted-pipelines`;

let base: string;
let tenant: Tenant;
let token: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
  await people.link(tenant.group.admin);
});

type Asking = { person?: Tenant["group"]["admin"]; body?: unknown; ifMatch?: string };

async function byPerson(
  method: string,
  to: string,
  { person = tenant.group.admin, body, ifMatch }: Asking = {},
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${await people.jwtOf(person.userId)}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(ifMatch && { "if-match": ifMatch }),
  };
  return ask(base, to, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

const gitlab = {
  provider_type: "gitlab",
  provider_url: "https://gitlab.com/",
  project_id: "278964",
  project: "powertrain/firmware",
  ref: "refs/heads/release/*",
  environment: "production",
  protected_only: true,
  merge_requests: false,
  lifetime_minutes: 10,
};
const add = (differs: object = {}) => byPerson("POST", pipelinesOf(token.id), { body: { ...gitlab, ...differs } });
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test("a person adds, lists and removes a trusted pipeline", async () => {
  const added = await add();
  expect(added).toMatchObject({ status: 201, headers: { "cache-control": "no-store" } });
  expect(added.body).toEqual({
    ...gitlab,
    provider_url: "https://gitlab.com",
    id: expect.stringMatching(/^tpl_/),
    issuer: "https://gitlab.com",
    owner_id: null,
    public_keys: null,
    created_by: { id: tenant.group.admin.userId, name: tenant.group.admin.name },
    created_at: instant,
    last_used_at: null,
  });
  const listed = await byPerson("GET", pipelinesOf(token.id));
  expect(listed).toMatchObject({ status: 200, body: { items: [added.body], next_cursor: null } });
  const one = `${pipelinesOf(token.id)}/${added.body.id}`;
  expect(await byPerson("DELETE", one)).toMatchObject({ status: 204, text: "" });
  expect(await byPerson("DELETE", one)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect((await byPerson("GET", pipelinesOf(token.id))).body.items).toEqual([]);
});

test("what may be left out has its default", async () => {
  const { provider_type, provider_url, project_id, project, ref } = gitlab;
  const added = await byPerson("POST", pipelinesOf(token.id), {
    body: { provider_type, provider_url, project_id, project, ref },
  });
  expect(added.body).toMatchObject({
    environment: null,
    protected_only: true,
    merge_requests: false,
    lifetime_minutes: 15,
    public_keys: null,
  });
});

test("a GitHub repository is trusted by its id and its owner's", async () => {
  const github = {
    provider_type: "github",
    provider_url: "https://octocorp.ghe.com",
    project_id: "1296269",
    owner_id: "9919",
    project: "octo-org/octo-repo",
    ref: null,
    environment: "production",
    lifetime_minutes: 5,
  };
  const { status, body } = await byPerson("POST", pipelinesOf(token.id), { body: github });
  const issuer = "https://token.actions.octocorp.ghe.com";
  expect({ status, body }).toMatchObject({ status: 201, body: { ...github, issuer, protected_only: false } });
});

test("one for the same jobs is 409", async () => {
  await add();
  expect(await add({ lifetime_minutes: 20 })).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test.each([
  [{ project_id: 278964 }, "project_id"],
  [{ ref: "main" }, "ref"],
  [{ ref: null, environment: null }, "ref"],
  [{ lifetime_minutes: 90 }, "lifetime_minutes"],
  [{ owner_id: "1" }, "owner_id"],
  [{ project: "firmware" }, "project"],
  [{ provider_type: "github" }, "owner_id"],
  [{ provider_url: "gitlab.com" }, "provider_url"],
  [{ public_keys: { keys: [{ kty: "oct", k: "c2VjcmV0" }] } }, "public_keys.keys.0"],
  [{ issuer: "https://elsewhere.example" }, "issuer"],
  [{ id: "tpl_mine" }, "id"],
])("%j is 422 at its field, and adds nothing", async (differs, field) => {
  const { status, body } = await add(differs);
  expect({ status, body }).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field }] } });
  expect((await byPerson("GET", pipelinesOf(token.id))).body.items).toEqual([]);
});

test("a URL that is not permitted is 422 with its own code", async () => {
  const refused = await add({ provider_url: "http://gitlab.example.com" });
  expect(refused).toMatchObject({ status: 422, body: { code: "provider_url_not_allowed" } });
});

test("a condition that can't be met is not ignored", async () => {
  const { body } = await add();
  const one = `${pipelinesOf(token.id)}/${body.id}`;
  expect(await byPerson("DELETE", one, { ifMatch: '"1"' })).toMatchObject({ status: 412 });
  const again = await byPerson("POST", pipelinesOf(token.id), { body: gitlab, ifMatch: '"1"' });
  expect(again).toMatchObject({ status: 412 });
});

test("access tokens list what they may see, and change nothing, whatever else is wrong with the request", async () => {
  const callers = await createCallers(tenant);
  const { id } = await addPipeline(tenant.group.admin, token.id);
  const one = `${pipelinesOf(token.id)}/${id}`;
  const codesOf = (method: string, path: string, body?: unknown) =>
    ofEach(callers, async ({ secret }) => {
      const { status, body: answer } = await askAs(base, secret, method, path, body);
      return answer.code ?? status;
    });
  const peopleOnly = {
    groupAdmin: "people_only",
    groupUser: "not_found",
    organizationAdmin: "people_only",
    organizationUser: "not_found",
    otherGroupAdmin: "not_found",
    strangeOrganizationAdmin: "not_found",
  };
  expect(await codesOf("GET", pipelinesOf(token.id))).toEqual({
    ...peopleOnly,
    groupAdmin: 200,
    organizationAdmin: 200,
  });
  expect(await codesOf("POST", pipelinesOf(token.id), { nonsense: true })).toEqual(peopleOnly);
  expect(await codesOf("DELETE", one)).toEqual(peopleOnly);
  const own = await askAs(base, token.secret, "GET", pipelinesOf(token.id));
  expect(own).toMatchObject({ status: 200, body: { items: [{ id }] } });
  const refused = { status: 403, body: { code: "people_only" } };
  expect(await askAs(base, token.secret, "POST", pipelinesOf(token.id), gitlab)).toMatchObject(refused);
  expect(await askAs(base, token.secret, "DELETE", one)).toMatchObject(refused);
});

test("a group user and an organization's admin without the group's role find no token", async () => {
  const { group, organizationAdmin } = tenant;
  for (const person of [group.user, organizationAdmin]) {
    await people.link(person);
    expect(await byPerson("GET", pipelinesOf(token.id), { person })).toMatchObject({ status: 404 });
    expect(await byPerson("POST", pipelinesOf(token.id), { person, body: gitlab })).toMatchObject({ status: 404 });
  }
});

test("an organization's admin manages those of an organization token", async () => {
  const { organization, organizationAdmin } = tenant;
  await people.link(organizationAdmin);
  const { id } = await createToken(organizationAdmin, organization.scope);
  const added = await byPerson("POST", pipelinesOf(id), { person: organizationAdmin, body: gitlab });
  expect(added.status).toBe(201);
});

test.each(["unknown", "%00", "..%2f..%2fself"])("the id %s is unknown", async (id) => {
  expect(await byPerson("GET", pipelinesOf(id))).toMatchObject({ status: 404 });
  expect(await byPerson("DELETE", `${pipelinesOf(token.id)}/${id}`)).toMatchObject({ status: 404 });
});
