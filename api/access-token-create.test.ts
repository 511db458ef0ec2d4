import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { sharedCases } from "@/testing/shared-cases";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const people = usePeople();

let base: string;
let tenant: Tenant;
/** The group admin's JWT. */
let jwt: string;

beforeAll(async () => {
  // The shared cases have dates further ahead than the default limit.
  vi.stubEnv("TOKEN_MAX_LIFETIME_DAYS", "3000");
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  jwt = await jwtOf(tenant.group.admin);
});

async function jwtOf(person: Parameters<typeof people.link>[0]): Promise<string> {
  await people.link(person);
  return people.jwtOf(person.userId);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const lasting = { expires_at: inDays(30) };
const good = (differs: object = {}) => ({ name: "nightly", ...lasting, group_id: tenant.group.id, ...differs });

type Asking = { by?: string; key?: string };
function create(body: unknown, { by = jwt, key }: Asking = {}): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${by}`,
    "content-type": "application/json",
    ...(key === undefined ? {} : { "idempotency-key": key }),
  };
  return ask(base, tokens, { method: "POST", headers, body: JSON.stringify(body) });
}

async function names(): Promise<unknown> {
  const headers = { authorization: `Bearer ${jwt}` };
  const { body } = await ask(base, `${tokens}?group_id=${tenant.group.id}&sort=name&limit=100`, { headers });
  return body.items;
}

describe("creating", () => {
  test("returns the token with a working secret", async () => {
    const { status, headers, body } = await create(good());
    const { token: secret, ...resource } = body;
    expect(status).toBe(201);
    expect(secret).toMatch(/^vhg_[0-9A-Za-z]{49}$/);
    expect(resource).toMatchObject({
      name: "nightly",
      role: "group_user",
      status: "active",
      group_id: tenant.group.id,
      organization_id: tenant.organization.id,
      created_by: { id: tenant.group.admin.userId, name: tenant.group.admin.name },
      token_suffix: String(secret).slice(-4),
      expires_at: lasting.expires_at,
    });
    expect(headers.location).toBe(`${tokens}/${resource.id}`);
    const self = await askAs(base, String(secret), "GET", `${tokens}/self`);
    expect(self).toMatchObject({ status: 200, body: resource });
    const [event] = await eventsOn(String(resource.id));
    expect(event).toMatchObject({ action: "access_token.created", actorId: tenant.group.admin.userId });
    expect(await ask(base, headers.location ?? "", { headers: { authorization: `Bearer ${jwt}` } })).toMatchObject({
      headers: { etag: headers.etag },
      body: resource,
    });
  });

  test("takes a description, which is empty if left out, and refuses one that is no single line", async () => {
    expect((await create(good({ name: "without" }))).body).toMatchObject({ description: "" });
    const described = await create(good({ description: "  Bench 07  " }));
    expect(described).toMatchObject({ status: 201, body: { description: "Bench 07" } });
    for (const description of [null, 7, "two\nlines", "x".repeat(501)]) {
      const refused = await create(good({ name: "other", description }));
      expect(refused).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field: "description" }] } });
    }
  });

  test("works for an admin token and for an organization token", async () => {
    expect(await create(good({ admin: true }))).toMatchObject({ status: 201, body: { role: "group_admin" } });
    const by = await jwtOf(tenant.organizationAdmin);
    const body = { name: "nightly", ...lasting, organization_id: tenant.organization.id };
    expect(await create(body, { by })).toMatchObject({
      status: 201,
      body: { role: "organization_user", group_id: null, token: expect.stringMatching(/^vho_/) },
    });
  });

  test("an expiration date means the end of that day in UTC", async () => {
    const tomorrow = inDays(1).slice(0, 10);
    const { body } = await create(good({ expires_at: tomorrow }));
    expect(body.expires_at).toBe(`${inDays(2).slice(0, 10)}T00:00:00.000Z`);
  });

  test("no later answer contains the secret", async () => {
    const { body } = await create(good());
    expect(JSON.stringify(await names())).toContain(String(body.id));
    expect(JSON.stringify(await names())).not.toContain(String(body.token).slice(0, 20));
    expect(JSON.stringify(await everyRow())).not.toContain(String(body.token).slice(0, 20));
  });
});

describe("who may create", () => {
  test("an access token may not, whatever else is wrong with the request", async () => {
    const callers = await createCallers(tenant);
    const before = (await everyRow()).users;
    const refused = await ofEach(callers, async ({ secret }) => {
      const answers = [
        await askAs(base, secret, "POST", tokens, good()),
        await askAs(base, secret, "POST", tokens, { name: 1 }),
        await askAs(base, secret, "POST", tokens, good({ group_id: "unknown" })),
        await askAs(base, secret, "POST", tokens),
      ];
      return new Set(answers.map(({ status, body }) => `${status} ${body.code}`));
    });
    for (const answers of Object.values(refused)) expect([...answers]).toEqual(["403 people_only"]);
    expect((await everyRow()).users).toEqual(before);
  });

  test("only the group's current admins may", async () => {
    const { group, otherGroup, organization, organizationAdmin } = tenant;
    const statusOf = async (person: typeof group.admin, differs: object = {}) =>
      (await create(good(differs), { by: await jwtOf(person) })).status;
    expect(await statusOf(group.user)).toBe(403);
    expect(await statusOf(organizationAdmin)).toBe(403);
    expect(await statusOf(otherGroup.admin)).toBe(404);
    expect(await statusOf((await createTenant()).organizationAdmin)).toBe(404);
    const ofOrganization = { group_id: undefined, organization_id: organization.id };
    expect(await statusOf(group.admin, ofOrganization)).toBe(403);
    expect(await statusOf(await createPerson(organization.id, "organization_user"), ofOrganization)).toBe(403);
    expect(await names()).toEqual([]);
  });

  test("a request without a credential may not", async () => {
    expect((await ask(base, tokens, { method: "POST" })).status).toBe(401);
  });
});

describe("refused requests", () => {
  const refused: [string, object, string][] = [
    ["without a name", { name: undefined }, "name"],
    ["with a name that isn't a string", { name: { $ne: null } }, "name"],
    ["without an expiration", { expires_at: undefined }, "expires_at"],
    ["with an expiration that has passed", { expires_at: inDays(-1) }, "expires_at"],
    ["with an expiration too far ahead", { expires_at: inDays(3002) }, "expires_at"],
    ["with a role in words", { admin: "true" }, "admin"],
    ["with a role of its own", { role: "group_admin" }, "role"],
    ["with a group that is null", { group_id: null }, "group_id"],
    ["without group and organization", { group_id: undefined }, "group_id"],
    ["with both", { organization_id: "org_1" }, "group_id"],
    ...["id", "status", "created_by", "technical_user", "token", "revoked_at", "groupId", "expiresAt"].map(
      (field): [string, object, string] => [`with the field ${field}`, { [field]: "x" }, field],
    ),
  ];
  test.each(refused)("a token %s is refused", async (_what, differs, field) => {
    const { status, body } = await create(good(differs));
    expect(body).toMatchObject({ code: "invalid", errors: [{ field, message: expect.any(String) }] });
    expect(status).toBe(422);
    expect(await names()).toEqual([]);
  });

  test("a group hidden from the person is refused like an unknown one", async () => {
    const unknown = await create(good({ group_id: "unknown" }));
    expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
    for (const id of [(await createTenant()).group.id, "\0", ""]) {
      expect((await create(good({ group_id: id }))).text).toBe(unknown.text);
    }
  });

  test("a taken name is refused", async () => {
    await createToken(tenant.group.admin, tenant.group.scope, { name: "Nightly" });
    expect(await create(good())).toMatchObject({
      status: 409,
      body: { code: "name_taken", errors: [{ field: "name", message: expect.stringContaining("nightly") }] },
    });
  });

  test("each shared case of a body, a name and an expiration is accepted or refused as expected", async () => {
    await createToken(tenant.group.admin, tenant.group.scope, { name: "ci-runner" });
    const headers = { authorization: `Bearer ${jwt}`, "content-type": "application/json" };
    for (const { value, why } of sharedCases("request_body")) {
      const { status } = await ask(base, tokens, { method: "POST", headers, body: String(value) });
      expect([400, 422], why).toContain(status);
    }
    const decided = async (differs: object) => {
      const { status } = await create(good(differs));
      return status === 201 ? "accept" : [409, 413, 422].includes(status) && "reject";
    };
    for (const { value, expect: decision, why } of sharedCases("token_name")) {
      expect(await decided({ name: value }), why).toBe(decision);
    }
    for (const [index, { value, expect: decision, why }] of sharedCases("expires_at").entries()) {
      const isPast = decision === "accept" && Date.parse(String(value)) < Date.now();
      expect(await decided({ name: `expiration ${index}`, expires_at: value }), why).toBe(isPast ? "reject" : decision);
    }
  });
});

describe("a repeated Idempotency-Key", () => {
  const key = () => crypto.randomUUID();

  test("returns the first token without its secret, and creates nothing", async () => {
    const asking = { key: key() };
    const first = await create(good(), asking);
    const before = await everyRow();
    const again = await create(good(), asking);
    const { token: _secret, ...resource } = first.body;
    expect(again).toMatchObject({ status: 200, headers: { etag: first.headers.etag } });
    expect(again.body).toEqual(resource);
    // The order of the fields doesn't matter.
    const { name, ...rest } = good();
    expect((await create({ ...rest, name }, asking)).body).toEqual(resource);
    expect(await everyRow()).toEqual(before);
  });

  test("returns the secret to exactly one of many concurrent requests", async () => {
    const asking = { key: key() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(good(), asking)));
    expect(answers.filter(({ status, body }) => status === 201 && body.token)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 200 && !body.token)).toHaveLength(19);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await names()).toHaveLength(1);
  });

  test.each([
    ["name", { name: "weekly" }],
    ["role", { admin: true }],
    ["expiration", { expires_at: inDays(40) }],
  ])("with another %s is a conflict", async (_what, differs) => {
    const asking = { key: key() };
    await create(good(), asking);
    expect(await create(good(differs), asking)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(await names()).toHaveLength(1);
  });

  test("returns the token's current state, or a conflict once it is deleted", async () => {
    const asking = { key: key() };
    const { admin } = tenant.group;
    const { body } = await create(good(), asking);
    await revokeAccessToken(admin, String(body.id));
    expect(await create(good(), asking)).toMatchObject({ status: 200, body: { status: "revoked" } });
    await deleteAccessToken(admin, String(body.id));
    expect(await create(good(), asking)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("is separate for each person", async () => {
    const { group, organization } = tenant;
    const colleague = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
    const asking = { key: key() };
    await create(good(), asking);
    const by = await jwtOf(colleague);
    expect((await create(good({ name: "weekly" }), { ...asking, by })).status).toBe(201);
  });

  test.each(["k", "a key with spaces!", "~".repeat(255)])("may be %s", async (text) => {
    expect((await create(good(), { key: text })).status).toBe(201);
  });

  test.each(["", "k".repeat(256), "sch\u00f6n", "a\tb"])("may not be %j", async (text) => {
    expect(await create(good(), { key: text })).toMatchObject({ status: 400, body: { code: "malformed" } });
    expect(await names()).toEqual([]);
  });
});
