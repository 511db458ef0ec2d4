import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { withRequestContext } from "@/lib/request-context";
import { listen } from "@/server/start/process";
import { createRequestLog } from "./request-log";

const lines: string[] = [];
let server: Server;
let base: string;

beforeAll(async () => {
  vi.stubEnv("LOG_LEVEL", "info");
  const logWhenDone = createRequestLog({ write: (line) => void lines.push(line) });
  server = createServer((request, response) => {
    const requestId = String(request.headers["x-test-id"]);
    withRequestContext({ requestId, channel: "api", address: null }, () => {
      logWhenDone(request, response, { requestId, traceId: "a-trace" });
      if (request.url !== "/hangs") response.writeHead(404).end();
    });
  });
  base = await listen(server, 0, "127.0.0.1");
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});

const logged = (path: string) => lines.map((line) => JSON.parse(line)).find((line) => line.path === path);

test("each request has one line, without its query", async () => {
  const send = (path: string, id: string) => fetch(base + path, { headers: { "x-test-id": id } });
  await Promise.all([send("/one?private=x", "first"), send("/two", "second")]);
  await vi.waitUntil(() => logged("/one") && logged("/two"));
  expect(logged("/one")).toMatchObject({
    level: "info",
    msg: "request",
    requestId: "first",
    traceId: "a-trace",
    method: "GET",
    status: 404,
    ms: expect.any(Number),
  });
  expect(logged("/two")).toMatchObject({ requestId: "second" });
  expect(logged("/two")).not.toHaveProperty("aborted");
});

test("a request that the client aborted is logged as aborted", async () => {
  const request = get(`${base}/hangs`);
  request.on("error", () => {});
  await once(server, "request");
  request.destroy();
  await vi.waitUntil(() => logged("/hangs"));
  expect(logged("/hangs")).toMatchObject({ aborted: true });
});
