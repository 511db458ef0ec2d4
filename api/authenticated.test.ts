import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { beforeAll, expect, test } from "vitest";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { generateSecret } from "@/lib/access-tokens/secret";
import { createToken, expire } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant, type Tenant } from "@/testing/tenant";
import { createApi } from "./app";

const self = "/api/v2.0/access-tokens/self";

let base: string;
let tenant: Tenant;
let secret: string;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  ({ secret } = await createToken(tenant.group.admin, tenant.group.scope));
});

const askWith = (headers: Record<string, string | string[]>, path = self) => ask(base, path, { headers });

/** The answer without the parts that differ between requests. */
function comparable({ status, headers, text }: Answer) {
  const { date: _date, "x-request-id": _id, ...rest } = headers;
  return { status, headers: rest, text };
}

test.each([
  ["private-token", () => ({ "private-token": secret })],
  ["Private-Token", () => ({ "Private-Token": secret })],
  ["Bearer", () => ({ authorization: `Bearer ${secret}` })],
  ["bEARER and spaces", () => ({ authorization: `bEARER   ${secret}` })],
])("a good secret is accepted as %s", async (_how, headers) => {
  expect((await askWith(headers())).status).toBe(200);
});

test("a refusal without a credential says how to send one", async () => {
  const { status, headers, body } = await askWith({});
  expect(status).toBe(401);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(headers["www-authenticate"]).toBe('Bearer realm="veHaaS"');
  expect(body).toEqual({
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    code: "unauthenticated",
    detail: "A valid access token is required.",
  });
});

test("unknown, revoked, expired, deleted and malformed credentials get exactly the same answer", async () => {
  const { admin, scope } = tenant.group;
  const revoked = await createToken(admin, scope);
  await revokeAccessToken(admin, revoked.id);
  const deleted = await createToken(admin, scope);
  await deleteAccessToken(admin, deleted.id);
  const expired = await createToken(admin, scope);
  await expire(expired.id);

  const refused = comparable(await askWith({ "private-token": generateSecret("group") }));
  expect(refused).toMatchObject({
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="veHaaS", error="invalid_token"', "cache-control": "no-store" },
  });
  const others = [revoked.secret, deleted.secret, expired.secret, generateSecret("organization"), "vhg_", "", "null"];
  for (const other of others) {
    expect(comparable(await askWith({ "private-token": other })), other).toEqual(refused);
    expect(comparable(await askWith({ authorization: `Bearer ${other}` })), other).toEqual(refused);
  }
});

test.each([
  ["two good ones", () => ({ "private-token": secret, authorization: `Bearer ${secret}` })],
  ["a good one and a bad one", () => ({ "private-token": "bad", authorization: `Bearer ${secret}` })],
  ["a good one and another scheme", () => ({ "private-token": secret, authorization: "Basic dTpw" })],
  ["a good one and an empty one", () => ({ "private-token": "", authorization: `Bearer ${secret}` })],
])("both headers at once are refused: %s", async (_what, headers) => {
  const { status, body } = await askWith(headers());
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: "two_credentials", status: 400 });
});

test("a repeated header is not accepted as a credential", async () => {
  const other = generateSecret("group");
  expect((await askWith({ "private-token": [secret, other] })).status).toBe(401);
  expect((await askWith({ authorization: [`Bearer ${secret}`, `Bearer ${other}`] })).status).toBe(401);
});

// Node 24.21 refuses so many headers. Older versions leave the rest out of `headers`, and keep some in `rawHeaders`.
test("a second credential behind a thousand headers is not overlooked", async () => {
  const headers = { "private-token": secret };
  const incoming = { headers, rawHeaders: Array(2000).fill("x") };
  const request = new Request(base + self, { headers: { ...headers, authorization: `Bearer ${secret}` } });
  const answer = await createApi().fetch(request, { incoming, outgoing: new EventEmitter() });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "two_credentials" });
});

test("a secret in the query or in a cookie is ignored", async () => {
  for (const name of ["private_token", "access_token", "private-token", "token"]) {
    expect((await askWith({}, `${self}?${name}=${secret}`)).status, name).toBe(401);
    expect((await askWith({ cookie: `${name}=${secret}` })).status, name).toBe(401);
  }
  expect((await askWith({ "private-token": secret, cookie: "private-token=bad" })).status).toBe(200);
});

const cases = sharedCases("auth_header");

test.runIf(cases.length > 0)("every shared case of a credential is accepted or refused as expected", async () => {
  for (const { value, expect: wanted, why } of cases) {
    const text = fill(String(value));
    const { status } = text.startsWith("?")
      ? await askWith({}, self + text)
      : await askWith({ authorization: text.replace("Authorization: ", "") });
    expect(wanted === "accept" ? [200] : [400, 401, 431], why).toContain(status);
  }
});

function fill(text: string): string {
  const forms: Record<string, string> = {
    "{{TOKEN}}": secret,
    "{{TOKEN|flip-last}}": secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0"),
    "{{TOKEN|drop-last}}": secret.slice(0, -1),
    "{{TOKEN|prefix-only}}": secret.slice(0, 4),
    "{{TOKEN|hash-hex}}": createHash("sha256").update(secret).digest("hex"),
    "{{SESSION_COOKIE}}": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl",
  };
  return text.replace(/\{\{.*?\}\}/g, (placeholder) => forms[placeholder] ?? placeholder);
}
