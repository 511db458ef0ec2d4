import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { generateSecret } from "@/lib/access-tokens/secret";
import { createToken, inDays, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { everyRow } from "@/testing/database/database-owner";
import { letEnd } from "@/testing/rotation/rotations";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const self = `${tokens}/self`;
const onFirstUse = { old_secret: "on_first_use" };
const people = usePeople();

let base: string;
let tenant: Tenant;
let token: TestToken;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  const { group } = tenant;
  token = await createToken(group.admin, group.scope, { expiresAt: inDays(100) });
  path = `${tokens}/${token.id}`;
});

type Asking = { secret?: string; key?: string; ifMatch?: string };

function post(to: string, body?: unknown, { secret = token.secret, key, ifMatch }: Asking = {}): Promise<Answer> {
  const headers = {
    "private-token": secret,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(key && { "idempotency-key": key }),
    ...(ifMatch && { "if-match": ifMatch }),
  };
  return ask(base, to, { method: "POST", headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

async function byPerson(person: Tenant["group"]["admin"], to: string, body?: unknown): Promise<Answer> {
  await people.link(person);
  const headers = {
    authorization: `Bearer ${await people.jwtOf(person.userId)}`,
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return ask(base, to, { method: "POST", headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

const statusOf = async (secret: string) => (await askAs(base, secret, "GET", self)).status;
const secretIn = ({ body }: Answer) => String(body.token);

describe("a token rotates itself", () => {
  test.each([
    ["self", () => self],
    ["its id", () => path],
  ])("by %s, and both secrets are good", async (_what, at) => {
    const before = await askAs(base, token.secret, "GET", self);
    const answer = await post(`${at()}/rotate`, onFirstUse);
    const suffix = secretIn(answer).slice(-4);
    expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    const { authenticated_by: _, ...resource } = before.body;
    expect(answer.body).toEqual({
      ...resource,
      last_used_at: answer.body.last_used_at,
      token: expect.stringMatching(/^vhg_[0-9A-Za-z]{49}$/),
      token_suffix: suffix,
      retiring_secret: {
        token_suffix: token.tokenSuffix,
        ends_at: expect.any(String),
        last_used_at: null,
      },
    });
    expect(answer.headers.etag).toMatch(/^"tok_\w+-2"$/);
    for (const secret of [token.secret, secretIn(answer)]) {
      const { status, body, text } = await askAs(base, secret, "GET", self);
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_suffix: suffix, retiring_secret: { token_suffix: token.tokenSuffix } });
      expect(text).not.toContain("vhg_");
    }
  });

  test("with the admin role too", async () => {
    const admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
    expect((await post(`${self}/rotate`, onFirstUse, { secret: admin.secret })).status).toBe(200);
  });

  test("and its first use of the new secret gives the old one an hour", async () => {
    const rotated = await post(`${self}/rotate`, onFirstUse);
    const used = await askAs(base, secretIn(rotated), "GET", self);
    const end = (answer: Answer) => Date.parse((answer.body.retiring_secret as { ends_at: string }).ends_at);
    expect(end(rotated) - end(used)).toBeGreaterThan(28 * 86_400_000);
    await letEnd(token.secret);
    expect(await statusOf(token.secret)).toBe(401);
    expect(await askAs(base, secretIn(rotated), "GET", self)).toMatchObject({ body: { retiring_secret: null } });
  });

  test.each([[undefined], [{}]])("and on first use with the body %j", async (body) => {
    const { retiring_secret } = (await post(`${self}/rotate`, body)).body as { retiring_secret: { ends_at: string } };
    expect(new Date(retiring_secret.ends_at).getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  });

  test("at a date, which means the following midnight UTC", async () => {
    const [tomorrow = ""] = new Date(Date.now() + 86_400_000).toISOString().split("T");
    const { body } = await post(`${self}/rotate`, { old_secret: tomorrow });
    const midnight = new Date(new Date(tomorrow).getTime() + 86_400_000).toISOString();
    expect(body.retiring_secret).toMatchObject({ ends_at: midnight });
  });

  test("at an instant", async () => {
    const end = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const { body } = await post(`${self}/rotate`, { old_secret: end });
    expect(body.retiring_secret).toMatchObject({ ends_at: end });
  });

  test.each([
    ["expires_at", { ...onFirstUse, expires_at: "2027-06-01" }],
    ["old_secret", { old_secret: "now" }],
    ["old_secret", { old_secret: "2027-06-01" }],
    ["old_secret", { old_secret: new Date(Date.now() + 40 * 86_400_000).toISOString() }],
    ["old_secret", { old_secret: null }],
    ["old_secret", { old_secret: "later" }],
    ["secret", { ...onFirstUse, secret: "vhg_" }],
  ])("but not with %s of %j", async (field, body) => {
    const before = await everyRow();
    const answer = await post(`${self}/rotate`, body);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field }] } });
    expect(await everyRow()).toEqual(before);
  });

  test("but not another token", async () => {
    const { group } = tenant;
    const other = await createToken(group.admin, group.scope);
    const admin = await createToken(group.admin, group.scope, { admin: true });
    for (const command of ["rotate", "rotation/complete", "rotation/cancel"]) {
      const body = command === "rotate" ? onFirstUse : undefined;
      expect((await post(`${tokens}/${other.id}/${command}`, body)).status).toBe(404);
      expect(await post(`${tokens}/${other.id}/${command}`, body, { secret: admin.secret })).toMatchObject({
        status: 403,
        body: { code: "forbidden" },
      });
    }
  });
});

test("each kind of token, for another token", async () => {
  const callers = await createCallers(tenant);
  const asked = await ofEach(callers, async (by) => (await post(`${path}/rotate`, onFirstUse, by)).status);
  expect(asked).toEqual({
    groupAdmin: 403,
    groupUser: 404,
    organizationAdmin: 403,
    organizationUser: 404,
    otherGroupAdmin: 404,
    strangeOrganizationAdmin: 404,
  });
});

describe("a person", () => {
  test("rotates with another expiration, and ends the old secret at once", async () => {
    const expiration = new Date(Date.now() + 200 * 86_400_000).toISOString();
    const answer = await byPerson(tenant.group.admin, `${path}/rotate`, { old_secret: "now", expires_at: expiration });
    expect(answer).toMatchObject({ status: 200, body: { expires_at: expiration, retiring_secret: null } });
    expect(await statusOf(token.secret)).toBe(401);
    expect(await statusOf(secretIn(answer))).toBe(200);
  });

  test("who may not see the token finds none", async () => {
    const { group, organizationAdmin, otherGroup } = tenant;
    for (const person of [group.user, organizationAdmin, otherGroup.admin]) {
      expect((await byPerson(person, `${path}/rotate`, onFirstUse)).status).toBe(404);
    }
  });

  test("has no token of their own", async () => {
    expect((await byPerson(tenant.group.admin, `${self}/rotate`, onFirstUse)).status).toBe(403);
  });
});

describe("a pending rotation", () => {
  test("is a 409 for another one", async () => {
    await post(`${self}/rotate`, onFirstUse);
    expect(await post(`${self}/rotate`, onFirstUse)).toMatchObject({ status: 409, body: { code: "rotation_pending" } });
  });

  test("is completed: the old secret is refused like an unknown one", async () => {
    const secret = secretIn(await post(`${self}/rotate`, onFirstUse));
    const completed = await post(`${path}/rotation/complete`, undefined, { secret });
    expect(completed).toMatchObject({ status: 200, body: { retiring_secret: null } });
    expect(completed.text).not.toContain(secret);
    const unknown = await askAs(base, generateSecret("group"), "GET", self);
    const retired = await askAs(base, token.secret, "GET", self);
    expect(retired).toMatchObject({ status: 401, text: unknown.text });
    const { date: _date, "x-request-id": _id, ...headers } = retired.headers;
    const { date: _otherDate, "x-request-id": _otherId, ...unknownHeaders } = unknown.headers;
    expect(headers).toEqual(unknownHeaders);
    expect(await post(`${self}/rotation/complete`, undefined, { secret })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("is cancelled until the new secret is used", async () => {
    const first = secretIn(await post(`${self}/rotate`, onFirstUse));
    const cancelled = await post(`${self}/rotation/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { token_suffix: token.tokenSuffix, retiring_secret: null } });
    expect([await statusOf(token.secret), await statusOf(first)]).toEqual([200, 401]);
    const second = secretIn(await post(`${path}/rotate`, onFirstUse));
    expect(await statusOf(second)).toBe(200);
    expect(await post(`${self}/rotation/cancel`)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });
});

describe("with an Idempotency-Key", () => {
  test("the same request again answers another secret, and the first one is refused", async () => {
    const lost = secretIn(await post(`${self}/rotate`, onFirstUse, { key: "once" }));
    const again = await post(`${self}/rotate`, onFirstUse, { key: "once" });
    expect(again.status).toBe(200);
    expect(secretIn(again)).not.toBe(lost);
    expect([await statusOf(lost), await statusOf(token.secret), await statusOf(secretIn(again))]).toEqual([
      401, 200, 200,
    ]);
    expect(await post(`${self}/rotate`, onFirstUse, { key: "once" })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("another body is a conflict", async () => {
    await post(`${self}/rotate`, onFirstUse, { key: "once" });
    const other = { old_secret: new Date(Date.now() + 86_400_000).toISOString() };
    expect(await post(`${self}/rotate`, other, { key: "once" })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });
});

test("If-Match names the version of the token", async () => {
  const etag = `"${token.revision}"`;
  const stale = { ifMatch: '"other"' };
  expect((await post(`${self}/rotate`, onFirstUse, stale)).status).toBe(412);
  const rotated = await post(`${self}/rotate`, onFirstUse, { ifMatch: etag });
  expect(rotated.status).toBe(200);
  expect((await post(`${self}/rotation/complete`, undefined, { ifMatch: etag })).status).toBe(412);
  expect((await post(`${self}/rotation/complete`, undefined, { ifMatch: String(rotated.headers.etag) })).status).toBe(
    200,
  );
});

test("what a rotation does to a revoked token is a conflict", async () => {
  const { admin } = tenant.group;
  await byPerson(admin, `${path}/revoke`);
  expect(await byPerson(admin, `${path}/rotate`, onFirstUse)).toMatchObject({
    status: 409,
    body: { code: "conflict" },
  });
});

test("other methods are refused", async () => {
  for (const to of [`${self}/rotate`, `${path}/rotate`, `${path}/rotation/complete`]) {
    expect(await askAs(base, token.secret, "GET", to)).toMatchObject({ status: 405, headers: { allow: "POST" } });
  }
});
