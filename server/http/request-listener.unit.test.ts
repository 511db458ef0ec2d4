import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

let server: Server;

/** A server whose pages return the received headers, and whose API returns "api". */
async function listen(environment: Record<string, string> = {}): Promise<void> {
  vi.resetModules();
  vi.stubEnv("LOG_LEVEL", "silent");
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { createRequestListener } = await import("./request-listener");
  server = createServer(
    createRequestListener({
      api: (_request, response) => response.end("api"),
      pages: (request, response) => response.end(JSON.stringify(request.headers)),
      dev: false,
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === "object" && address ? address.port : 0;
}

function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const port = portOf(server.address());
    const sent = httpRequest({ host: "localhost", port, method, path, headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    sent.on("error", reject).end();
  });
}

const own = () => `http://localhost:${portOf(server.address())}`;

beforeEach(() => listen());
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
});

test.each(["/api/v2.0", "/api/v2.0/groups", "/api/v2.0?x=1", "/health/live"])("%s is the API's", async (path) => {
  expect((await send("POST", path)).body).toBe("api");
});

test.each(["/", "/groups", "/api/auth/session", "/api/v2.01", "/healthy"])("%s is a page", async (path) => {
  expect((await send("GET", path)).body).toContain("x-pathname");
});

test.each([
  ["no Origin", undefined],
  ["a null Origin", "null"],
  ["a foreign Origin", "https://evil.example"],
  ["the same host on another port", "http://localhost:1"],
  ["the same host under https", "https://localhost"],
])("a page refuses to change anything for a request with %s", async (_name, origin) => {
  const headers: Record<string, string> = origin ? { origin } : {};
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    expect((await send(method, "/groups", headers)).status).toBe(403);
  }
});

test("a page accepts a request from one of our own pages", async () => {
  expect((await send("POST", "/groups", { origin: own() })).status).toBe(200);
});

test("AUTH_URL sets our own origin, and Next sees no other host", async () => {
  await new Promise((resolve) => server.close(resolve));
  await listen({ AUTH_URL: "https://tokens.example.com" });
  expect((await send("POST", "/groups", { origin: own() })).status).toBe(403);
  const answer = await send("POST", "/groups", {
    origin: "https://tokens.example.com",
    "x-forwarded-host": "evil.example",
  });
  expect(JSON.parse(answer.body)).toMatchObject({
    "x-forwarded-host": "tokens.example.com",
    "x-forwarded-proto": "https",
  });
  expect(answer.headers["strict-transport-security"]).toMatch(/max-age=\d{8}/);
});

test("every page has its own nonce in its policy, and security headers", async () => {
  const [first, second] = [await send("GET", "/"), await send("GET", "/")];
  const policy = first.headers["content-security-policy"];
  const [, nonce] = /script-src [^;]*'nonce-([^']{20,})'/.exec(String(policy)) ?? [];
  expect(nonce).toBeDefined();
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  // Next reads the policy from the request.
  expect(JSON.parse(first.body)["content-security-policy"]).toBe(policy);
  expect(first.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(first.headers["content-security-policy"]).not.toContain("unsafe");
  expect(second.headers["content-security-policy"]).not.toContain(nonce);
  expect(first.headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "private, no-store",
  });
  expect(first.headers["strict-transport-security"]).toBeUndefined();
  expect(first.headers["x-request-id"]).not.toBe(second.headers["x-request-id"]);
});

test("headers reserved for the server are removed from a client's request", async () => {
  const { body } = await send("GET", "/groups?x=1", {
    "x-pathname": "//evil.example",
    "content-security-policy": "script-src 'nonce-mine'",
  });
  expect(body).not.toContain("mine");
  expect(JSON.parse(body)["x-pathname"]).toBe("/groups?x=1");
});

test.each(["a b", "a/b", "user@a", "a?b", "a#b", "a\\b", "a:b", "[a"])("the Host %j is refused", async (host) => {
  expect((await send("GET", "/", { host })).status).toBe(400);
});

test.each(["a", "A.example:80", "a_b", "127.0.0.1:1", "[::1]", "[::1]:80"])("the Host %j is accepted", async (host) => {
  expect((await send("GET", "/", { host })).status).toBe(200);
});

/** Sends the head on a new connection and returns everything received. */
async function exchange(head: string): Promise<string> {
  const socket = connect(portOf(server.address()), "localhost");
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

test.each([
  ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b"],
  ["the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a"],
  ["two Hosts for the API", "GET /api/v2.0/groups HTTP/1.1\r\nHost: a\r\nHost: b"],
  ["two Authorizations", "GET /api/v2.0/groups HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y"],
  ["two content types", "POST /groups HTTP/1.1\r\nHost: a\r\nContent-Type: x/y\r\nContent-Type: x/y"],
  ["a target with another host", "GET http://evil.example/groups HTTP/1.1\r\nHost: a"],
  ["a target with credentials", "GET http://a@evil.example/groups HTTP/1.1\r\nHost: a"],
  ["a target with another scheme", "GET ftp://a/groups HTTP/1.1\r\nHost: a"],
  ["a target that is none", "OPTIONS * HTTP/1.1\r\nHost: a"],
])("%s gets a 400", async (_what, head) => {
  const [top, body = ""] = (await exchange(head)).split("\r\n\r\n");
  expect(top).toMatch(/^HTTP\/1.1 400 .*\r\ncontent-type: application\/problem\+json\r\n/s);
  expect(top).not.toContain("evil");
  expect(JSON.parse(body)).toMatchObject({ status: 400, code: "malformed" });
});

test("a request without a host is refused", async () => {
  expect(await exchange("GET /groups HTTP/1.1")).toMatch(/^HTTP\/1.1 400 /);
  expect(await exchange("GET /groups HTTP/1.0")).toMatch(/^HTTP\/1.1 400 /);
  expect(await exchange("GET /groups HTTP/1.1\r\nHost:")).toMatch(/^HTTP\/1.1 400 /);
});

test("an absolute-form target is replaced by its path", async () => {
  expect(await exchange("GET http://a.example:80/groups?x=//b HTTP/1.1\r\nHost: A.example:80")).toContain(
    '"x-pathname":"/groups?x=//b"',
  );
  expect(await exchange("GET http://a HTTP/1.1\r\nHost: a")).toContain('"x-pathname":"/"');
  expect(await exchange("GET http://a?x HTTP/1.1\r\nHost: a")).toContain('"x-pathname":"/?x"');
  expect(await exchange("GET HTTP://a/api/v2.0/groups HTTP/1.1\r\nHost: a")).toMatch(/\r\n\r\napi$/);
});

test.each(["/groups/%E0%A4%A", "/groups/%00", "/%"])("an undecodable URL is refused: %s", async (path) => {
  expect((await send("GET", path)).status).toBe(400);
});

test("a multipart form without a boundary is refused", async () => {
  const headers = { origin: own(), "content-type": "multipart/form-data" };
  expect((await send("POST", "/sign-in", headers)).status).toBe(400);
  const whole = { ...headers, "content-type": "multipart/form-data; boundary=x" };
  expect((await send("POST", "/sign-in", whole)).status).toBe(200);
});

test("a URL with too many parameters is refused", async () => {
  const asked = (count: number, path = "/sign-in") => send("GET", `${path}?${Array(count).fill("a=b").join("&")}`);
  expect((await asked(64)).status).toBe(200);
  expect((await asked(65)).status).toBe(400);
  expect((await asked(3500)).status).toBe(400);
  // The API has its own limits.
  expect((await asked(65, "/api/v2.0/groups")).body).toBe("api");
});

test("a router state that Next can't read, or would read slowly, is refused", async () => {
  const asked = (state: string) => send("GET", "/sign-in", { rsc: "1", "next-router-state-tree": state });
  for (const state of ["x", "%ff", "[]", `${'["",{"c":'.repeat(600)}["",{}]${"}]".repeat(600)}`])
    expect((await asked(state)).status, state).toBe(400);
  expect((await asked('["",{"children":["sign-in",{}]}]')).status).toBe(200);
});

test("Next's own files keep their Cache-Control and get a policy of their own", async () => {
  const file = await send("GET", "/_next/static/chunks/a.js");
  expect(file.headers["cache-control"]).toBeUndefined();
  expect(file.headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  });
  const page = await send("GET", "/_next/static/../../groups");
  expect(page.headers["cache-control"]).toBe("private, no-store");
});
