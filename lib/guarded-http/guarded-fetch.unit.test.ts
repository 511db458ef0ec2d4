import { createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { DomainError } from "@/lib/errors";
import { parseAllowlist } from "@/lib/network/allowlist";
import { readCertificates } from "@/lib/network/certificates";
import { type Fault, type StandInOptions, startStandIn, testAuthority } from "@/testing/stand-ins/server";
import { guardedFetch } from "./guarded-fetch";
import type { Resolve } from "./resolve";

const secret = "glpat-very-secret";
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

async function standIn(options?: StandInOptions) {
  const server = await startStandIn(() => ({ status: 200, body: { fine: true } }), options);
  closers.push(server.close);
  return server;
}

/** A resolver that returns one list of addresses after the other, and records the names. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    asked.push(host);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
  return { resolve, asked };
}

async function send(url: string, options: Parameters<typeof guardedFetch>[1]): Promise<Response> {
  const request = new Request(url, { headers: { "private-token": secret } });
  return guardedFetch(new URL(url).origin, options)(request);
}

async function codeOf(answer: Promise<Response>): Promise<string> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof DomainError)) throw error ?? new Error("it was answered");
  expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain(secret);
  return error.code;
}

test("the request goes to the checked address, with the host name", async () => {
  const server = await standIn();
  const { resolve, asked } = resolver(["127.0.0.1"], ["127.0.0.2"]);
  const url = `http://gitlab.example.com:${server.port}/api`;
  const answer = await send(url, { allowlist: parseAllowlist("127.0.0.1"), resolve });
  expect(await answer.json()).toEqual({ fine: true });
  expect(asked).toEqual(["gitlab.example.com"]);
  expect(server.requests[0]?.headers).toMatchObject({
    host: `gitlab.example.com:${server.port}`,
    "private-token": secret,
  });
});

test("a name that later resolves to a forbidden address is refused", async () => {
  const permitted = await standIn();
  const forbidden = await standIn({ host: "127.0.0.2", port: permitted.port });
  const { resolve } = resolver(["127.0.0.1"], ["127.0.0.2"]);
  const options = { allowlist: parseAllowlist("127.0.0.1"), resolve };
  const url = `http://gitlab.example.com:${permitted.port}/`;
  expect((await send(url, options)).status).toBe(200);
  expect(await codeOf(send(url, options))).toBe("provider_url_not_allowed");
  expect([permitted.connections(), forbidden.connections()]).toEqual([1, 0]);
});

test.each([[["127.0.0.1", "127.0.0.2"]], [["127.0.0.2", "127.0.0.1"]], [["127.0.0.1", "::ffff:127.0.0.2"]]])(
  "one forbidden address in %j refuses the name",
  async (addresses) => {
    const server = await standIn();
    const options = { allowlist: parseAllowlist("127.0.0.1"), resolve: resolver(addresses).resolve };
    expect(await codeOf(send(`http://gitlab.example.com:${server.port}/`, options))).toBe("provider_url_not_allowed");
    expect(server.connections()).toBe(0);
  },
);

test("an address in the URL is checked", async () => {
  const server = await standIn();
  const options = { allowlist: parseAllowlist("127.0.0.1:1"), resolve: resolver([]).resolve };
  for (const host of ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]"]) {
    expect(await codeOf(send(`http://${host}:${server.port}/`, options))).toBe("provider_url_not_allowed");
  }
  expect(server.connections()).toBe(0);
});

test("a custom certificate authority is added, and verification stays on", async () => {
  const server = await standIn({ tls: true });
  const allowlist = parseAllowlist("127.0.0.1");
  const certificates = readCertificates(testAuthority);
  const resolve = resolver(["127.0.0.1"]).resolve;
  expect((await send(`https://gitlab.example.com:${server.port}/`, { allowlist, certificates, resolve })).status).toBe(
    200,
  );
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  const untrusted = send(`https://gitlab.example.com:${server.port}/`, { allowlist, certificates: [], resolve });
  expect(await codeOf(untrusted)).toBe("provider_certificate_untrusted");
  const wrongName = send(`https://other.example.com:${server.port}/`, { allowlist, certificates, resolve });
  expect(await codeOf(wrongName)).toBe("provider_certificate_untrusted");
  expect(server.requests).toHaveLength(1);
});

test("a server without TLS is unreachable, not untrusted", async () => {
  const server = await standIn();
  const url = server.url.replace("http:", "https:");
  expect(await codeOf(send(`${url}/`, { allowlist: parseAllowlist("127.0.0.1") }))).toBe("provider_unreachable");
});

test("proxy settings of the environment are ignored", async () => {
  const [server, proxy] = [await standIn(), await standIn()];
  for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]) vi.stubEnv(name, proxy.url);
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
  expect((await send(`${server.url}/`, { allowlist: parseAllowlist("127.0.0.1") })).status).toBe(200);
  expect(proxy.connections()).toBe(0);
});

test.each<[Fault, string]>([
  ["redirect", "provider_not_recognized"],
  ["huge", "provider_not_recognized"],
  ["slow", "provider_unreachable"],
])("a response that is %s is %s", async (fault, code) => {
  const server = await standIn();
  server.failWith(fault);
  const options = { allowlist: parseAllowlist("127.0.0.1"), milliseconds: fault === "slow" ? 300 : undefined };
  expect(await codeOf(send(`${server.url}/`, options))).toBe(code);
});

test("a request to a server that sends nothing times out", async () => {
  const silent = createServer();
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  closers.push(async () => silent.close());
  const address = silent.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const options = { allowlist: parseAllowlist("127.0.0.1"), milliseconds: 300 };
  expect(await codeOf(send(`http://127.0.0.1:${port}/`, options))).toBe("provider_unreachable");
});

test("a name without an address, a resolver that never answers and a closed port are unreachable", async () => {
  const server = await standIn();
  await closers.pop()?.();
  const allowlist = parseAllowlist("127.0.0.1");
  expect(await codeOf(send("https://none.example.com/", { allowlist, resolve: resolver([]).resolve }))).toBe(
    "provider_unreachable",
  );
  const never: Resolve = () => new Promise(() => {});
  expect(await codeOf(send("https://slow.example.com/", { allowlist, resolve: never, milliseconds: 300 }))).toBe(
    "provider_unreachable",
  );
  expect(await codeOf(send(`${server.url}/`, { allowlist }))).toBe("provider_unreachable");
});

test("a request to another origin throws before anything is sent", async () => {
  const server = await standIn();
  const fetch = guardedFetch("https://gitlab.example.com", { allowlist: parseAllowlist("127.0.0.1") });
  await expect(fetch(new Request(`${server.url}/`, { headers: { "private-token": secret } }))).rejects.toThrow(
    /another origin/,
  );
  expect(server.connections()).toBe(0);
});
