import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";

const providers = useProviders();

let base: string;
let tenant: Tenant;
let admin: TestToken;
let user: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  user = await createToken(tenant.group.admin, tenant.group.scope);
});

const add = (tokenId: string, body: unknown = gitlabBody(providers), by = admin) =>
  askAs(base, by.secret, "POST", accessesOf(tokenId), body);

async function added(tokenId: string): Promise<string> {
  const { status, body: access } = await add(tokenId);
  expect(status).toBe(201);
  return `${accessesOf(tokenId)}/${access.id}`;
}

const unknown = "unknown";

/** The status of each route for the access of `tokenId`, called by `by`. */
async function statuses(by: TestToken, tokenId: string, one: string): Promise<Record<string, number>> {
  const ask = async (method: string, path: string, body?: unknown) =>
    (await askAs(base, by.secret, method, path, body)).status;
  return {
    list: await ask("GET", accessesOf(tokenId)),
    add: await ask("POST", accessesOf(tokenId), githubBody(providers)),
    get: await ask("GET", one),
    runners: await ask("GET", `${one}/runners`),
    edit: await ask("PATCH", one, { allowed_tags: ["bench"] }),
    replace: await ask("PUT", `${one}/token`, { token: gitlabToken("groupBot") }),
    check: await ask("POST", `${one}/check`),
    remove: await ask("DELETE", one),
  };
}

const all = (status: number) => ({
  list: status,
  add: status,
  get: status,
  runners: status,
  edit: status,
  replace: status,
  check: status,
  remove: status,
});
const done = { ...all(200), add: 201, remove: 204 };
/** The routes below an access, when the access is unknown. */
const unknownAccess = { get: 404, runners: 404, edit: 404, replace: 404, check: 404, remove: 404 };

test("a user-role token reads its own list and changes nothing", async () => {
  const one = await added(user.id);
  expect(await statuses(user, user.id, one)).toEqual({ ...all(403), list: 200, get: 200, runners: 200 });
  expect((await askAs(base, user.secret, "POST", accessesOf(user.id), { nonsense: true })).status).toBe(403);
  expect((await askAs(base, user.secret, "PUT", `${one}/token`, { nonsense: true })).status).toBe(403);
  expect((await askAs(base, user.secret, "PATCH", one, { run_untagged: true })).status).toBe(403);
  const nowhere = `${accessesOf(user.id)}/${unknown}`;
  expect(await statuses(user, user.id, nowhere)).toEqual({ ...all(403), list: 200, get: 404, runners: 404 });
  expect((await askAs(base, user.secret, "GET", accessesOf(user.id))).body.items).toHaveLength(1);
});

test("for a user-role token another token is unknown", async () => {
  const one = await added(admin.id);
  expect(await statuses(user, admin.id, one)).toEqual(all(404));
  const hidden = await askAs(base, user.secret, "GET", accessesOf(admin.id));
  expect(hidden.body).toEqual((await askAs(base, user.secret, "GET", accessesOf(unknown))).body);
});

test("an admin token manages its own accesses and those of its group's tokens", async () => {
  for (const token of [admin, user]) {
    const one = await added(token.id);
    expect(await statuses(admin, token.id, one)).toEqual(done);
  }
});

test("an organization's admin token manages its own accesses and those of its groups' tokens", async () => {
  const scope = tenant.organization.scope;
  const organizationToken = await createToken(tenant.organizationAdmin, scope, { admin: true });
  const one = await added(user.id);
  expect(await statuses(organizationToken, user.id, one)).toEqual(done);
  expect((await add(organizationToken.id, gitlabBody(providers), organizationToken)).status).toBe(201);
  expect(await statuses(admin, organizationToken.id, `${accessesOf(organizationToken.id)}/${unknown}`)).toEqual(
    all(404),
  );
});

test("tokens of other groups and organizations are unknown", async () => {
  const elsewhere = await createTenant();
  const one = await added(user.id);
  for (const { admin: creator, scope } of [tenant.otherGroup, elsewhere.group]) {
    const stranger = await createToken(creator, scope, { admin: true });
    expect(await statuses(stranger, user.id, one)).toEqual(all(404));
    // The access isn't found under a token that the stranger may see, either.
    const under = one.replace(user.id, stranger.id);
    expect(await statuses(stranger, stranger.id, under)).toMatchObject(unknownAccess);
  }
  expect((await askAs(base, admin.secret, "GET", accessesOf(user.id))).body.items).toHaveLength(1);
});

test.each(["unknown", "%00", "a%00b", "vca_%F0", "..%2f..%2fself"])("the id %s is unknown", async (id) => {
  expect(await statuses(admin, id, `${accessesOf(id)}/${id}`)).toEqual(all(404));
  expect(await statuses(admin, user.id, `${accessesOf(user.id)}/${id}`)).toMatchObject(unknownAccess);
});

test("a hidden token is unknown, whatever else is wrong with the request", async () => {
  expect((await add(unknown, { nonsense: true })).status).toBe(404);
  expect((await askAs(base, user.secret, "POST", accessesOf(admin.id), { nonsense: true })).status).toBe(404);
});
