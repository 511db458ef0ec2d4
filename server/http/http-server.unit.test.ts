import { once } from "node:events";
import { connect } from "node:net";
import { setInterval } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "@/server/start/process";
import { createHttpServer } from "./http-server";

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

test.each([
  ["no HTTP", "\x16\x03\x01\x02\r\n\r\n"],
  ["a header that is none", "GET / HTTP/1.1\r\nhost: x\r\nno header\r\n\r\n"],
  ["two lengths", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
])("%s gets a 400", async (_what, text) => {
  const answer = await exchange(text);
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain("Connection: close");
});

test("headers of 16 KiB are too large", async () => {
  const request = (length: number) =>
    `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nlong: ${"x".repeat(length)}\r\n\r\n`;
  expect(await exchange(request(15_000))).toMatch(/^HTTP\/1.1 200 /);
  expect(await exchange(request(17_000))).toMatch(/^HTTP\/1.1 431 /);
});

test.each([
  ["headers", "GET / HTTP/1.1\r\nhost: x\r\n"],
  ["body", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nslow"],
])("%s not in time gets a 408", async (_what, text) => {
  expect(await exchange(text, impatient)).toMatch(/^HTTP\/1.1 408 /);
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
  const server = createHttpServer({ readTimeout: 20 });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.on("request", async (_request, response) => {
    const checks = setInterval(20);
    for (let count = 0; count < 10; count++) await checks.next();
    response.end("late");
  });
  const url = await listen(server, 0, "127.0.0.1");
  expect(await (await fetch(url)).text()).toBe("late");
});

test.each([
  ["nothing", ""],
  ["a part of a request", "GET / HTTP/1.1\r\n"],
])("a connection that sends %s gets a 408", async (_what, text) => {
  expect(await exchange(text, impatient)).toMatch(/^HTTP\/1.1 408 /);
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
