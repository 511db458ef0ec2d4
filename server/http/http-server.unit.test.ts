import { once } from "node:events";
import { connect } from "node:net";
import { setInterval } from "node:timers/promises";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { createLog } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";
import { listen } from "@/server/start/process";

const lines: string[] = [];
vi.stubEnv("LOG_LEVEL", "debug");
processWide.log = createLog({ write: (line) => lines.push(line) });
vi.resetModules();
const { createHttpServer } = await import("./http-server");
afterAll(() => void vi.unstubAllEnvs());

const impatient = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 20 };

type Options = Parameters<typeof createHttpServer>[0];

/** Sends the text to a server that returns each body's length, and returns everything received until the end. */
async function exchange(text: string, options?: Options): Promise<string> {
  const server = createHttpServer(options);
  server.on("request", async (request, response) => {
    let length = 0;
    try {
      for await (const chunk of request) length += chunk.length;
    } catch {
      return;
    }
    response.end(String(length));
  });
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => {
    server.close();
  });
  const { port } = new URL(await listen(server, 0, "127.0.0.1"));
  const socket = connect(Number(port), "127.0.0.1");
  socket.setEncoding("utf8");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.write(text);
  await once(socket, "close");
  return received;
}

function problemIn(answer: string) {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toContain("Content-Type: application/problem+json");
  expect(head).toContain("Connection: close");
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  const problem = JSON.parse(body);
  const [, requestId] = /^X-Request-Id: ([0-9a-f-]{36})\r$/m.exec(head) ?? [];
  const logged = lines.map((line) => JSON.parse(line)).find((line) => line.requestId === requestId);
  expect(logged).toMatchObject({ level: "debug", status: problem.status, reason: expect.any(String) });
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${problem.status} ${problem.title}\r\n`));
  return problem;
}

test.each([
  ["no HTTP", "\x16\x03\x01\x02\r\n\r\n"],
  ["a header that is none", "GET / HTTP/1.1\r\nhost: x\r\nno header\r\n\r\n"],
  ["two lengths", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
])("%s gets a 400", async (_what, text) => {
  const problem = problemIn(await exchange(text));
  expect(problem).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    code: "malformed",
    detail: "This request can't be read.",
  });
});

test("the log does not contain what was sent", async () => {
  await exchange("GET / HTTP/1.1\r\nhost: x\r\nprivate-token: vhg_secret\r\nno header\r\n\r\n");
  expect(lines.join("")).toContain("a request could not be read");
  expect(lines.join("")).not.toContain("vhg_secret");
});

test("headers of 16 KiB are too large", async () => {
  const request = (length: number) =>
    `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nlong: ${"x".repeat(length)}\r\n\r\n`;
  expect(await exchange(request(15_000))).toMatch(/^HTTP\/1.1 200 /);
  expect(problemIn(await exchange(request(17_000)))).toMatchObject({ status: 431, code: "too_large" });
  expect(problemIn(await exchange(request(2_000_000)))).toMatchObject({ status: 431, code: "too_large" });
});

test.each([
  ["headers", "GET / HTTP/1.1\r\nhost: x\r\n"],
  ["body", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nslow"],
])("%s not in time gets a 408", async (_what, text) => {
  expect(problemIn(await exchange(text, impatient))).toMatchObject({ status: 408, code: "request_timeout" });
});

test("a later invalid request on a connection is refused like a first one", async () => {
  const answers = await exchange("GET / HTTP/1.1\r\nhost: x\r\n\r\nGARBAGE\r\n\r\n");
  expect(answers.match(/^HTTP\/1.1 \d+/gm)).toContain("HTTP/1.1 400");
});

/** A server with an endless response, and the number of its open connections. */
async function startEndless(options: Options) {
  const server = createHttpServer(options);
  server.on("request", (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    const fill = () => {
      while (response.writable && response.write(chunk));
    };
    response.on("drain", fill);
    fill();
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = new URL(await listen(server, 0, "127.0.0.1"));
  const socket = connect(Number(port), "127.0.0.1");
  const [accepted] = await once(server, "connection");
  return { socket, accepted };
}

test.each([
  ["one request", "GET / HTTP/1.1\r\nhost: x\r\n\r\n"],
  ["many at once", "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(50)],
])("a client that sends %s and never reads is disconnected", async (_what, text) => {
  const { socket, accepted } = await startEndless({ readTimeout: 200 });
  socket.pause().on("error", () => {});
  socket.write(text);
  await once(accepted, "close");
  socket.destroy();
});

test("a client that never reads is disconnected, even if it keeps sending", async () => {
  const { socket, accepted } = await startEndless({ readTimeout: 200 });
  socket.pause().on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  // Line breaks between requests, which belong to no request.
  const sending = globalThis.setInterval(() => socket.write("\r\n"), 50);
  onTestFinished(() => clearInterval(sending));
  await once(accepted, "close");
  socket.destroy();
});

test("a client that reads slowly stays connected", async () => {
  const { socket, accepted } = await startEndless({ readTimeout: 500 });
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const begun = performance.now();
  // A hundred reads a second, for four times the read timeout.
  for await (const _tick of setInterval(10)) {
    socket.read();
    if (performance.now() - begun > 2000) break;
  }
  expect(socket.bytesRead).toBeGreaterThan(1024 * 1024);
  expect(accepted.destroyed).toBe(false);
});

test("a client that waits for the server stays connected", async () => {
  const server = createHttpServer({ readTimeout: 100 });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.on("request", (_request, response) => server.once("timeout", () => response.end("late")));
  const url = await listen(server, 0, "127.0.0.1");
  expect(await (await fetch(url)).text()).toBe("late");
});

/** The response of a server that reads no body, and how long the connection stays open. */
async function earlyAnswer(head: string, body: string): Promise<string> {
  const server = createHttpServer();
  server.on("request", (_request, response) => response.writeHead(413, { "content-length": 2 }).end("no"));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = new URL(await listen(server, 0, "127.0.0.1"));
  const socket = connect(Number(port), "127.0.0.1");
  socket.setEncoding("utf8");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  // Reads nothing until everything is sent, like browsers.
  socket.pause();
  await new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
    socket.write(body, resolve);
  });
  socket.resume();
  socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", () => {});
  await once(socket, "close");
  return received;
}

test("a response before a large body is readable, announces the close, and closes the connection", async () => {
  const large = 12 * 1024 * 1024;
  const answer = await earlyAnswer(`content-length: ${large}`, "x".repeat(large));
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
});

test("a response before a small body keeps the connection open", async () => {
  const answer = await earlyAnswer("content-length: 10", "0123456789");
  expect(answer.match(/^HTTP\/1.1 413 /)).toHaveLength(1);
  expect(answer.match(/HTTP\/1.1/g)).toHaveLength(2);
});

test("a client that disconnects during a request does no harm", async () => {
  const server = createHttpServer();
  onTestFinished(() => {
    server.close();
  });
  const aborted = vi.fn();
  server.on("request", (request) => request.once("close", aborted));
  const { port } = new URL(await listen(server, 0, "127.0.0.1"));
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nslow");
  await once(server, "request");
  socket.resetAndDestroy();
  await vi.waitFor(() => expect(aborted).toHaveBeenCalled());
});
