import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { eventsOn } from "@/testing/audit";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";

let base: string;
let tenant: Tenant;
let admin: TestToken;
/** Another token of the same group, and its address. */
let token: TestToken;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  token = await createToken(tenant.group.admin, tenant.group.scope, { name: "nightly" });
  path = `${tokens}/${token.id}`;
});

type Asking = { by?: TestToken; body?: unknown; to?: string };
function send(method: string, { by = admin, body, to = path }: Asking = {}): Promise<Answer> {
  return askAs(base, by.secret, method, to, body);
}
const revoke = (asking: Asking = {}) => send("POST", { ...asking, to: `${asking.to ?? path}/revoke` });
const reactivate = (asking: Asking = {}) => send("POST", { ...asking, to: `${asking.to ?? path}/reactivate` });
const rename = (name: unknown, asking: Asking = {}) => send("PATCH", { ...asking, body: { name } });

describe("revoking and reactivating", () => {
  test("take effect at once, and repeating one records no second event", async () => {
    const revoked = await revoke();
    expect(revoked).toMatchObject({ status: 200, body: { id: token.id, status: "revoked" } });
    expect(await send("GET", { by: token, to: `${tokens}/self` })).toMatchObject({ status: 401 });
    expect(await revoke()).toMatchObject({ status: 200, body: revoked.body });
    const active = await reactivate();
    expect(active).toMatchObject({ status: 200, body: { status: "active", revoked_at: null } });
    expect(await reactivate()).toMatchObject({ status: 200, body: active.body });
    expect(await send("GET", { by: token, to: `${tokens}/self` })).toMatchObject({ status: 200 });
    expect((await eventsOn(token.id)).map(({ action }) => action)).toEqual([
      "access_token.created",
      "access_token.revoked",
      "access_token.reactivated",
    ]);
  });

  test.each([true, false])("reactivating an expired token is a conflict (revoked before: %s)", async (before) => {
    if (before) await revokeAccessToken(tenant.group.admin, token.id);
    await expire(token.id);
    expect(await reactivate()).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(await revoke()).toMatchObject({ status: 200, body: { status: "expired" } });
  });

  test("need no body and accept no fields", async () => {
    const headers = { "private-token": admin.secret };
    const json = { ...headers, "content-type": "application/json" };
    const post = (more: object) => ask(base, `${path}/revoke`, { method: "POST", headers, ...more });
    expect((await post({})).status).toBe(200);
    expect((await post({ headers: json })).status).toBe(200);
    expect((await post({ headers: json, body: "{}" })).status).toBe(200);
    expect((await post({ headers: { ...json, "transfer-encoding": "chunked" }, body: "{}" })).status).toBe(200);
    expect(await post({ headers: json, body: '{"revoked_at":null}' })).toMatchObject({
      status: 422,
      body: { code: "invalid", errors: [{ field: "revoked_at" }] },
    });
    expect((await post({ headers: json, body: "[]" })).status).toBe(422);
    expect((await post({ headers: json, body: "{" })).status).toBe(400);
    expect((await post({ body: "{}" })).status).toBe(415);
  });
});

describe("renaming", () => {
  test("returns the token with its new name", async () => {
    const { last_used_from, ...before } = (await send("GET")).body;
    const renamed = await rename("  We\u0301ekly ");
    expect(renamed).toMatchObject({ status: 200, body: { ...before, name: "W\u00e9ekly" } });
    expect((await send("GET")).body).toEqual({ ...renamed.body, last_used_from });
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({
      action: "access_token.renamed",
      detail: { previous_name: "nightly", name: "W\u00e9ekly" },
    });
  });

  test("can change the description too, or alone, and returns both", async () => {
    const body = { name: "weekly", description: " Bench 07 " };
    expect((await send("PATCH", { body })).body).toMatchObject({ name: "weekly", description: "Bench 07" });
    const cleared = await send("PATCH", { body: { description: "" } });
    expect(cleared).toMatchObject({ status: 200, body: { name: "weekly", description: "" } });
    for (const description of [null, 7, "two\nlines", "x".repeat(501)]) {
      const refused = await send("PATCH", { body: { name: "other", description } });
      expect(refused).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field: "description" }] } });
    }
    expect((await send("GET")).body).toMatchObject(cleared.body);
  });

  test("to the same name records nothing, and to a case variant changes the case", async () => {
    expect((await rename("nightly")).status).toBe(200);
    expect(await eventsOn(token.id)).toHaveLength(1);
    expect(await rename("NIGHTLY")).toMatchObject({ status: 200, body: { name: "NIGHTLY" } });
  });

  test("to a name that is taken is refused at the field", async () => {
    await createToken(tenant.group.admin, tenant.group.scope, { name: "ci-runner" });
    expect(await rename("CI-RUNNER")).toMatchObject({
      status: 409,
      body: { code: "name_taken", errors: [{ field: "name", message: expect.stringContaining("CI-RUNNER") }] },
    });
  });

  const bodies = [
    ...[{}, [], null, "text", 1, { name: null }, { name: "" }, { name: 1 }, { name: ["x"] }, { Name: "x" }],
    ...["id", "role", "status", "expires_at", "revoked_at", "group_id", "technical_user", "admin", "token"].map(
      (field) => ({ name: "x", [field]: "x" }),
    ),
  ];
  test.each(bodies)("with %j is refused", async (body) => {
    const { body: before } = await send("GET");
    expect(await send("PATCH", { body })).toMatchObject({ status: 422, body: { code: "invalid" } });
    expect((await send("GET")).body).toEqual(before);
  });

  test("without JSON is refused", async () => {
    const headers = { "private-token": admin.secret };
    expect((await ask(base, path, { method: "PATCH", headers })).status).toBe(415);
    const json = { ...headers, "content-type": "application/json" };
    expect((await ask(base, path, { method: "PATCH", headers: json })).status).toBe(400);
    for (const { value, why } of sharedCases("request_body")) {
      const { status } = await ask(base, path, { method: "PATCH", headers: json, body: String(value) });
      expect([400, 422], why).toContain(status);
    }
    expect((await send("GET")).body.name).toBe("nightly");
  });

  test("accepts or refuses each shared case of a name as expected", async () => {
    await createToken(tenant.group.admin, tenant.group.scope, { name: "ci-runner" });
    for (const { value, expect: decision, why } of sharedCases("token_name")) {
      const { status, body } = await rename(value);
      if (decision === "accept") expect(body, why).toMatchObject({ name: String(value).normalize("NFC").trim() });
      else expect([409, 413, 422], why).toContain(status);
    }
  });
});

describe("the address", () => {
  test("of a hidden token answers like an unknown one, whatever else is wrong with the request", async () => {
    const { id } = await createToken(tenant.otherGroup.admin, tenant.otherGroup.scope);
    const hidden = `${tokens}/${id}`;
    const answers = async (to: string) => [
      await send("GET", { to }),
      await send("PATCH", { to, body: { role: "x" } }),
      await revoke({ to, body: { x: 1 } }),
      await reactivate({ to, body: [] }),
      await send("DELETE", { to }),
    ];
    const unknown = (await answers(`${tokens}/unknown`)).map(({ status, text }) => ({ status, text }));
    expect(unknown.every(({ status }) => status === 404)).toBe(true);
    expect((await answers(hidden)).map(({ status, text }) => ({ status, text }))).toEqual(unknown);
    const headers = { "private-token": admin.secret, "if-match": "x" };
    expect((await ask(base, hidden, { method: "DELETE", headers })).status).toBe(404);
  });

  test("with each shared case of an id answers 404", async () => {
    const { group } = await createTenant();
    const { id: stranger } = await createToken(group.admin, group.scope);
    for (const { value } of sharedCases("resource_id")) {
      const id = encodeURIComponent(String(value).replace("{{OTHER_GROUP_TOKEN_ID}}", stranger));
      const to = `${tokens}/${id}`;
      const asked = [
        await send("GET", { to }),
        await rename("x", { to }),
        await revoke({ to }),
        await reactivate({ to }),
      ];
      for (const { status, body } of [...asked, await send("DELETE", { to })]) {
        expect({ status, code: body.code }, id).toEqual({ status: 404, code: "not_found" });
      }
    }
  });

  test("takes no query, serves only JSON, and lists its methods in Allow", async () => {
    expect(await send("GET", { to: `${path}?x=1` })).toMatchObject({ status: 400, body: { code: "malformed" } });
    const headers = { "private-token": admin.secret, accept: "text/html" };
    for (const method of ["GET", "PATCH", "DELETE"])
      expect((await ask(base, path, { method, headers })).status).toBe(406);
    const allowed = async (method: string, to: string) => {
      const { status, headers: answered } = await send(method, { to });
      return { status, allow: answered.allow };
    };
    expect(await allowed("PUT", path)).toEqual({ status: 405, allow: "GET, HEAD, PATCH, DELETE" });
    expect(await allowed("GET", `${path}/revoke`)).toEqual({ status: 405, allow: "POST" });
    expect(await allowed("DELETE", `${path}/reactivate`)).toEqual({ status: 405, allow: "POST" });
    for (const method of ["PATCH", "DELETE", "PUT"]) {
      expect(await allowed(method, `${tokens}/self`)).toEqual({ status: 405, allow: "GET, HEAD" });
    }
  });
});
