import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { withRequestContext } from "@/lib/request-context";
import { listen } from "@/server/start/process";
import { bufferedOutput, createRequestLog } from "./request-log";

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

test("lines that can't be written yet take at most 4 MiB of memory", async () => {
  const folder = mkdtempSync(join(tmpdir(), "request-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "log");
  const output = bufferedOutput(openSync(file, "w"));
  const mebibyte = 1024 * 1024;
  // Nothing is written before the next turn of the event loop.
  for (let lines = 0; lines < 160; lines++) output.write(`${"x".repeat(mebibyte / 16 - 1)}\n`);
  output.end();
  await once(output, "close");
  expect(statSync(file).size).toBeGreaterThan(3 * mebibyte);
  expect(statSync(file).size).toBeLessThan(5 * mebibyte);
});

test.each(["process.exit(0)", "throw new Error('a bug')"])(
  "lines are written before the process ends by %s",
  (end) => {
    const code = `import { bufferedOutput } from "./server/http/request-log"; bufferedOutput().write("a line\\n"); ${end}`;
    const options = ["--import", "tsx", "--input-type=module", "--eval", code];
    expect(spawnSync(process.execPath, options, { encoding: "utf8" }).stdout).toBe("a line\n");
  },
  60_000,
);
