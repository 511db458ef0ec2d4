import { connect } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
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

const askWith = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  ask(base, path, { method, headers: { "private-token": secret, ...headers } });

const paths = [
  self,
  "/api/v2.0/groups",
  "/api/v2.0/groups/unknown",
  "/api/v2.0/nothing",
  "/health/live",
  "/health/ready",
];

test.each(paths)("every response of %s forbids caching, sniffing and cross-site reads", async (path) => {
  for (const credential of [secret, "bad"]) {
    const answer = await askWith(path, { "private-token": credential, origin: "https://example.com" });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    expect(answer.headers["content-type"]).toBe(
      answer.status === 200 ? "application/json" : "application/problem+json",
    );
    if (answer.status !== 200) expect(answer.body.status).toBe(answer.status);
  }
});

test("the response has the same request id as the log", async () => {
  const requestId = "0190a0e0-0000-7000-8000-000000000000";
  const context = { requestId, channel: "api", address: null } as const;
  const answer = await withRequestContext(context, () => createApi().request("/health/live"));
  expect(answer.headers.get("x-request-id")).toBe(requestId);
});

test.each([self, "/api/v2.0/groups", "/health/live", "/health/ready"])(
  "HEAD %s answers like GET, without a body",
  async (path) => {
    const get = await askWith(path);
    const head = await askWith(path, {}, "HEAD");
    expect(head.text).toBe("");
    expect(head.status).toBe(200);
    expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
  },
);

test("HEAD is refused like GET", async () => {
  expect((await ask(base, self, { method: "HEAD" })).status).toBe(401);
  expect((await askWith("/api/v2.0/groups/unknown", {}, "HEAD")).status).toBe(404);
});

test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"])(
  "%s is not allowed",
  async (method) => {
    for (const path of [self, "/api/v2.0/groups", "/api/v2.0/groups/any/members", "/health/live"]) {
      const { status, headers, body } = await askWith(path, {}, method);
      expect(status).toBe(405);
      expect(headers.allow).toBe("GET, HEAD");
      expect(body).toMatchObject({ code: "method_not_allowed", status: 405 });
    }
  },
);

const nowhere = [
  "/api/v2.0",
  "/api/v2.0/",
  "/api/v2.0/nothing",
  "/api/v2.0/access-tokens/self/",
  "/api/v2.0/groups/",
  "/api/v2.0/groups//members",
  "/api/v2.0/groups/x/members/y",
  "/api/v2.0/Groups",
  "/api/v2.0/%00",
  "/api/v2.0/groups/../../../etc/passwd",
  "/health",
  "/health/",
  "/health/live/",
];
test.each(nowhere)("%s is not found", async (path) => {
  for (const method of ["GET", "POST", "OPTIONS"]) {
    const { status, body } = await askWith(path, {}, method);
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "not_found", status: 404 });
  }
});

test.each([
  "*/*",
  "application/*",
  "application/json;charset=utf-8",
  "text/html, */*;q=0.1",
  "application/problem+json, application/json;q=0.1",
  "APPLICATION/JSON",
  "",
])("Accept: %s can be served", async (accept) => {
  expect((await askWith(self, { accept })).status).toBe(200);
});

test.each([
  "text/html",
  "application/xml",
  "text/*",
  "application/json;q=0",
  "application/json;q=0, */*",
  "*/*;q=0",
  // Errors have this type and are sent whatever Accept says; the success response doesn't have it.
  "application/problem+json",
])("Accept: %s can't be served", async (accept) => {
  for (const path of [self, "/api/v2.0/groups"]) {
    expect(await askWith(path, { accept })).toMatchObject({ status: 406, body: { code: "not_acceptable" } });
  }
});

test("DELETE accepts a client that accepts only application/problem+json", async () => {
  const { admin, scope } = tenant.group;
  const { id, secret: own } = await createToken(admin, scope, { admin: true });
  const deletion = (accept: string) =>
    askWith(`/api/v2.0/access-tokens/${id}`, { "private-token": own, accept }, "DELETE");
  expect((await deletion("text/html")).status).toBe(406);
  expect((await deletion("application/problem+json")).status).toBe(204);
});

test("a missing credential is refused before other errors", async () => {
  const { status } = await ask(base, `${self}?unknown=1`, { headers: { accept: "text/html" } });
  expect(status).toBe(401);
});

test.each([
  ["a Host header without a host", `GET ${self} HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n`],
  ["a backslash", `GET ${self}\\..\\x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`],
])("%s is malformed", async (_what, text) => {
  const answer = await sendRaw(text);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"malformed"');
  expect(answer.toLowerCase()).toContain("cache-control: no-store");
});

test.each(["/health/live", "/health/ready", self])("an HTTP/1.0 request for %s needs no Host header", async (path) => {
  expect(await sendRaw(`GET ${path} HTTP/1.0\r\nprivate-token: ${secret}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});

test("a NUL in the request line is refused", async () => {
  const answer = await sendRaw(`GET /api/v2.0/groups/\0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

function sendRaw(text: string): Promise<string> {
  const { port, hostname } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}
