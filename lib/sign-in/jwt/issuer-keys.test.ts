import { createServer } from "node:http";
import { exportJWK, type FlattenedJWSInput, generateKeyPair } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "@/testing/listen";
import { publishedKeys } from "./issuer-keys";

type Page = { status?: number; headers?: Record<string, string>; body: unknown } | "silence";

const jws: FlattenedJWSInput = { payload: "", signature: "" };
const { publicKey } = await generateKeyPair("ES256");
const keys = { body: { keys: [{ ...(await exportJWK(publicKey)), kid: "1" }] } };
const discovery = (issuer: string) => ({ body: { issuer, jwks_uri: `${new URL(issuer).origin}/keys` } });

/** Looks for the key at an issuer that serves these pages, and counts the requests. */
async function look(pages: (issuer: string) => Record<string, Page>, path = "") {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const page = pages(issuer)[request.url ?? ""] ?? { status: 404, body: "" };
    if (page === "silence") return;
    response.writeHead(page.status ?? 200, page.headers).end(JSON.stringify(page.body));
  });
  const issuer = (await listen(server, 0, "localhost")) + path;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const find = publishedKeys(issuer);
  return { find: () => find({ alg: "ES256", kid: "1" }, jws), asked: () => asked };
}

const unavailable = expect.objectContaining({ code: "unavailable" });

test.each(["", "/", "/tenant"])("the keys of an issuer with the path '%s' are found", async (path) => {
  const at = `${path.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { find, asked } = await look((issuer) => ({ [at]: discovery(issuer), "/keys": keys }), path);
  const found = await Promise.all([find(), find(), find()]);
  expect(found).toEqual([expect.any(CryptoKey), expect.any(CryptoKey), expect.any(CryptoKey)]);
  expect(asked()).toBe(2);
});

const wellKnown = "/.well-known/openid-configuration";
test.each<[string, (issuer: string) => Record<string, Page>]>([
  ["an issuer without a discovery document", () => ({})],
  ["a document that isn't one", () => ({ [wellKnown]: { body: "text" } })],
  ["a document of another issuer", () => ({ [wellKnown]: discovery("https://login.example.com") })],
  ["keys over plain http", (issuer) => ({ [wellKnown]: { body: { issuer, jwks_uri: "http://login.example.com/" } } })],
  ["keys in a file", (issuer) => ({ [wellKnown]: { body: { issuer, jwks_uri: "file:///etc/passwd" } } })],
  ["no keys", (issuer) => ({ [wellKnown]: discovery(issuer), "/keys": { body: { keys: "none" } } })],
  ["keys with an error", (issuer) => ({ [wellKnown]: discovery(issuer), "/keys": { ...keys, status: 500 } })],
  [
    "keys that are elsewhere",
    (issuer) => ({
      [wellKnown]: discovery(issuer),
      "/keys": { status: 302, headers: { location: "/elsewhere" }, body: "" },
      "/elsewhere": keys,
    }),
  ],
])("%s: unavailable, without a retry at once", async (_what, pages) => {
  const { find, asked } = await look(pages);
  await expect(find()).rejects.toEqual(unavailable);
  const before = asked();
  await expect(find()).rejects.toEqual(unavailable);
  expect(asked()).toBe(before);
});

test("a request to an unresponsive issuer times out after five seconds", async () => {
  const { find } = await look((issuer) => ({ [wellKnown]: discovery(issuer), "/keys": "silence" }));
  const start = performance.now();
  await expect(find()).rejects.toEqual(unavailable);
  expect(performance.now() - start).toBeLessThan(8000);
});
