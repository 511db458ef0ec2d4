import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { ask, askAs } from "@/testing/api/ask";
import { environmentOf, variableOf, variablesOf } from "@/testing/api/environment-variables";
import { serveApi } from "@/testing/api/server";
import { eventsOn } from "@/testing/audit";
import { createTenant, type Tenant } from "@/testing/tenant";

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

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

const list = (tokenId: string, by = admin) => askAs(base, by.secret, "GET", variablesOf(tokenId));
const get = (tokenId: string, name: string, by = admin) => askAs(base, by.secret, "GET", variableOf(tokenId, name));
const set = (tokenId: string, name: string, body: unknown = { value: "a value" }, by = admin) =>
  askAs(base, by.secret, "PUT", variableOf(tokenId, name), body);
const remove = (tokenId: string, name: string, by = admin) =>
  askAs(base, by.secret, "DELETE", variableOf(tokenId, name));

test("a variable is added, replaced, listed and removed, and no answer contains its value", async () => {
  const added = await set(user.id, "B", { value: "the first ä" });
  expect(added).toMatchObject({ status: 201, body: { name: "B", size: 12, updated_at: instant } });
  expect(Object.keys(added.body)).toEqual(["name", "size", "updated_at"]);
  expect(added.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
  const replaced = await set(user.id, "B", { value: "the second" });
  expect(replaced).toMatchObject({ status: 200, body: { name: "B", size: 10, updated_at: instant } });
  const other = await set(user.id, "A", { value: "" });
  expect(other).toMatchObject({ status: 201, body: { name: "A", size: 0 } });

  const one = await get(user.id, "B");
  expect(one).toMatchObject({ status: 200, headers: { etag: replaced.headers.etag } });
  expect(one.body).toEqual(replaced.body);
  const head = await askAs(base, admin.secret, "HEAD", variableOf(user.id, "B"));
  expect(head).toMatchObject({ status: 200, text: "", headers: { etag: replaced.headers.etag } });
  const all = await list(user.id);
  expect(all).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
  expect(all.body).toEqual({ items: [other.body, replaced.body], next_cursor: null });
  for (const { text } of [added, replaced, other, one, all]) expect(text).not.toMatch(/the (first|second)/);
  expect(await environmentOf(base, user.secret)).toEqual([
    ["A", ""],
    ["B", "the second"],
  ]);

  const removed = await remove(user.id, "B");
  expect(removed).toMatchObject({ status: 204, text: "" });
  expect(removed.headers).toMatchObject({ "cache-control": "no-store" });
  expect((await list(user.id)).body.items).toEqual([other.body]);
  for (const gone of [await get(user.id, "B"), await remove(user.id, "B")]) {
    expect(gone).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
  expect(await environmentOf(base, user.secret)).toEqual([["A", ""]]);
});

test("names that differ only in case are different variables", async () => {
  expect((await set(user.id, "Name")).status).toBe(201);
  expect((await set(user.id, "NAME")).status).toBe(201);
  expect((await remove(user.id, "name")).status).toBe(404);
});

test("the log says who changed what, without values", async () => {
  await set(user.id, "NAME", { value: "unheard of" });
  await set(user.id, "NAME", { value: "unheard of" });
  await remove(user.id, "NAME");
  const events = (await eventsOn(user.id)).filter(({ action }) => action.startsWith("environment_variable."));
  expect(events.map(({ action }) => action)).toEqual([
    "environment_variable.added",
    "environment_variable.replaced",
    "environment_variable.removed",
  ]);
  for (const event of events) {
    expect(event).toMatchObject({ actorId: admin.technicalUser.id, detail: { name: "NAME" } });
    expect(JSON.stringify(event)).not.toContain("unheard of");
  }
});

/** The status of each route for the variable NAME of `tokenId`, called by `by`. */
async function statuses(by: TestToken, tokenId: string): Promise<Record<string, number>> {
  return {
    list: (await list(tokenId, by)).status,
    set: (await set(tokenId, "NAME", { value: "changed" }, by)).status,
    get: (await get(tokenId, "NAME", by)).status,
    remove: (await remove(tokenId, "NAME", by)).status,
  };
}

const all = (status: number) => ({ list: status, set: status, get: status, remove: status });

test("a user-role token reads its own variables and changes nothing", async () => {
  await set(user.id, "NAME");
  expect(await statuses(user, user.id)).toEqual({ ...all(403), list: 200, get: 200 });
  expect((await remove(user.id, "UNKNOWN", user)).status).toBe(403);
  expect((await set(user.id, "NAME", { nonsense: true }, user)).status).toBe(403);
  expect(await environmentOf(base, user.secret)).toEqual([["NAME", "a value"]]);
});

test("for a user-role token another token is unknown", async () => {
  await set(admin.id, "NAME");
  expect(await statuses(user, admin.id)).toEqual(all(404));
  expect((await list(admin.id, user)).body).toEqual((await list("unknown", user)).body);
  expect((await set(admin.id, "PATH", { nonsense: true }, user)).status).toBe(404);
});

test("an admin token manages its own variables and those of its group's tokens", async () => {
  for (const token of [admin, user]) {
    expect(await statuses(admin, token.id)).toEqual({ list: 200, set: 201, get: 200, remove: 204 });
  }
});

test("an organization's admin token manages its own variables and those of its groups' tokens", async () => {
  const token = await createToken(tenant.organizationAdmin, tenant.organization.scope, { admin: true });
  for (const { id } of [user, token]) {
    expect(await statuses(token, id)).toEqual({ list: 200, set: 201, get: 200, remove: 204 });
  }
  expect(await statuses(admin, token.id)).toEqual(all(404));
});

test("tokens of other groups and organizations are unknown, and no variable leaks to them", async () => {
  const elsewhere = await createTenant();
  await set(user.id, "NAME");
  for (const { admin: creator, scope } of [tenant.otherGroup, elsewhere.group]) {
    const stranger = await createToken(creator, scope, { admin: true });
    expect(await statuses(stranger, user.id)).toEqual(all(404));
    expect((await list(stranger.id, stranger)).body.items).toEqual([]);
    expect(await environmentOf(base, stranger.secret)).toEqual([]);
    expect((await remove(stranger.id, "NAME", stranger)).status).toBe(404);
  }
  expect(await environmentOf(base, user.secret)).toEqual([["NAME", "a value"]]);
});

test.each(["unknown", "\0", "a\0b", "../self", "tok_%F0"])("the token %j is unknown", async (id) => {
  const { items: _, ...answer } = (await askAs(base, admin.secret, "GET", variablesOf(encodeURIComponent(id)))).body;
  expect(answer).toMatchObject({ status: 404, code: "not_found" });
});

test.each(["UNKNOWN", "a\0b", "PATH", "1", "x".repeat(300), "%F0", "ä"])(
  "the variable %j is unknown to GET and DELETE",
  async (name) => {
    expect(await get(user.id, name)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await remove(user.id, name)).toMatchObject({ status: 404, body: { code: "not_found" } });
  },
);

test("invalid bodies are refused, and change nothing", async () => {
  const send = (body: string | Buffer, type = "application/json") =>
    ask(base, variableOf(user.id, "NAME"), {
      method: "PUT",
      headers: { "private-token": admin.secret, "content-type": type },
      body,
    });
  expect(await send("value", "text/plain")).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
  const tooLarge = { status: 413, body: { code: "too_large", detail: expect.stringContaining("320 KiB") } };
  expect(await send("a".repeat(320 * 1024 + 1))).toMatchObject(tooLarge);
  expect(await send("a".repeat(320 * 1024))).toMatchObject({ status: 400 });
  expect(await send("{")).toMatchObject({ status: 400, body: { code: "malformed" } });
  expect(await send(Buffer.from('{"value":"\xff"}', "latin1"))).toMatchObject({ status: 400 });
  for (const [body, field] of [
    ['{"value":"v","name":"OTHER"}', "name"],
    ['{"value":"v","__proto__":1}', "__proto__"],
    ['{"value":"v","expected":null}', "expected"],
    ["{}", "value"],
    ["[]", "body"],
  ] as const) {
    expect(await send(body)).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field }] } });
  }
  expect((await list(user.id)).body.items).toEqual([]);
});

test("the routes take no parameters and no other methods, and serve JSON", async () => {
  const one = variableOf(user.id, "NAME");
  expect((await askAs(base, admin.secret, "GET", `${variablesOf(user.id)}?limit=1`)).status).toBe(400);
  expect((await askAs(base, admin.secret, "PUT", `${one}?value=v`, { value: "v" })).status).toBe(400);
  for (const [method, path, allow] of [
    ["POST", variablesOf(user.id), "GET, HEAD"],
    ["POST", one, "GET, HEAD, PUT, DELETE"],
  ] as const) {
    expect(await askAs(base, admin.secret, method, path)).toMatchObject({ status: 405, headers: { allow } });
  }
  const headers = { "private-token": admin.secret, accept: "text/x-dotenv" };
  expect((await ask(base, variablesOf(user.id), { headers })).status).toBe(406);
  expect((await askAs(base, "bad", "GET", variablesOf(user.id))).status).toBe(401);
});
