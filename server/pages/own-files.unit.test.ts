import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withOwnFiles } from "./own-files";

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

const folder = mkdtempSync(join(tmpdir(), "own-files-"));
const script = "/_next/static/chunks/0a~b.js";
let server: Server;

beforeAll(async () => {
  mkdirSync(join(folder, "chunks"));
  for (const [name, content] of [
    ["chunks/0a~b.js", "plain"],
    ["chunks/0a~b.js.br", "by brotli"],
    ["chunks/0a~b.js.gz", "by gzip"],
    ["font.woff2", "font"],
  ] as const)
    writeFileSync(join(folder, name), content);
  writeFileSync(`${folder}.txt`, "outside");
  const handler = withOwnFiles((_request, response) => response.end("a page"), folder);
  server = createServer((request, response) => {
    response.setHeader("x-content-type-options", "nosniff");
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.txt`);
});

function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const sent = httpRequest({ host: "localhost", port, method, path, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    });
    sent.on("error", reject).end();
  });
}

test.each([
  ["gzip, deflate, br, zstd", "br", "by brotli"],
  ["gzip, deflate", "gzip", "by gzip"],
  ["br;q=0, gzip", "gzip", "by gzip"],
  ["identity", undefined, "plain"],
  ["", undefined, "plain"],
])("Accept-Encoding: %s gets %s", async (accepted, coding, body) => {
  const file = await get(script, { "accept-encoding": accepted });
  expect(file).toMatchObject({ status: 200, body });
  expect(file.headers["content-encoding"]).toBe(coding);
  expect(file.headers).toMatchObject({
    "content-type": expect.stringMatching(/^text\/javascript/),
    "content-length": String(body.length),
    "cache-control": "public, max-age=31536000, immutable",
    etag: 'W/"chunks/0a~b.js"',
    "x-content-type-options": "nosniff",
  });
  expect(file.headers.vary?.toLowerCase()).toBe("accept-encoding");
});

test("a file that the browser has is not sent again", async () => {
  const known = await get(script, { "if-none-match": 'W/"other.js", W/"chunks/0a~b.js"', "accept-encoding": "br" });
  expect(known).toMatchObject({ status: 304, body: "" });
  expect(known.headers).toMatchObject({ etag: 'W/"chunks/0a~b.js"', vary: "accept-encoding" });
  expect((await get(script, { "if-none-match": 'W/"other.js"' })).status).toBe(200);
});

test("HEAD gets the headers alone", async () => {
  const head = await get(script, { "accept-encoding": "br" }, "HEAD");
  expect(head).toMatchObject({ status: 200, body: "" });
  expect(head.headers["content-length"]).toBe(String("by brotli".length));
});

test("a file that was not compressed is sent as it is", async () => {
  const font = await get("/_next/static/font.woff2", { "accept-encoding": "br, gzip" });
  expect(font).toMatchObject({ status: 200, body: "font", headers: { "content-type": "font/woff2" } });
});

test.each(["/_next/static/none.js", "/_next/static/", "/_next/static/chunks", "/_next/static//chunks/0a~b.js"])(
  "%s is no file",
  async (path) => {
    const none = await get(path);
    expect(none).toMatchObject({ status: 404, headers: { "cache-control": "no-store" } });
  },
);

test("nothing outside of the folder is sent", async () => {
  const outside = `${folder.split("/").at(-1)}.txt`;
  for (const path of [`%2e%2e/${outside}`, `..%2f${outside}`, `..%5c${outside}`, `chunks/..%2f..%2f${outside}`])
    expect((await get(`/_next/static/${path}`)).body, path).not.toBe("outside");
});

test.each(["bytes=9-2", "bytes=99-", "bytes=-0", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"])(
  "Range: %s does no harm",
  async (range) => {
    expect([200, 206, 416]).toContain((await get(script, { range })).status);
    expect((await get(script)).status).toBe(200);
  },
);

test("other requests are pages", async () => {
  for (const [path, method] of [
    ["/groups", "GET"],
    ["/_next/static/../../groups", "GET"],
    [script, "POST"],
  ] as const)
    expect((await get(path, {}, method)).body, path).toBe("a page");
});
