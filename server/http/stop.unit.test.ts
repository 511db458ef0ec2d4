import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestListener, request } from "node:http";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "@/server/start/process";
import { createHttpServer } from "./http-server";
import { prepareStop } from "./stop";

vi.hoisted(() => vi.stubEnv("LOG_LEVEL", "silent"));

/** A server that answers with the length of each body. */
async function startServer(answer: RequestListener = answerLength) {
  const server = createHttpServer();
  const stop = prepareStop(server);
  server.on("request", answer);
  onTestFinished(() => server.closeAllConnections());
  return { stop, url: await listen(server, 0, "127.0.0.1") };
}

const answerLength: RequestListener = async (asked, response) => {
  let length = 0;
  try {
    for await (const chunk of asked) length += chunk.length;
  } catch {
    // Cut off.
    return;
  }
  response.end(String(length));
};

function keepingAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

async function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  const sent = request(url, { agent }).end();
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
  return response;
}

/** A connection that is written to by hand. */
async function openSocket(url: string) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const closed = once(socket, "close");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.on("error", () => {});
  return { socket, closed, received: () => received };
}

const post = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nab";

test("during the grace kept and new connections are served, and their answers say that they close", async () => {
  const { stop, url } = await startServer();
  const kept = keepingAgent();
  expect((await ask(url, kept)).headers.connection).toBe("keep-alive");
  const stopped = stop({ grace: 500 });
  expect((await ask(url, kept)).headers.connection).toBe("close");
  expect((await ask(url, keepingAgent())).headers.connection).toBe("close");
  await stopped;
  await expect(ask(url, keepingAgent())).rejects.toThrow("ECONNREFUSED");
});

test("a request under way when the stop begins is answered after the port was closed, and its connection closes", async () => {
  const { stop, url } = await startServer();
  const { socket, closed, received } = await openSocket(url);
  socket.write(post);
  await setTimeout(50);
  const stopped = stop({ grace: 0 });
  await expect.poll(() => ask(url, keepingAgent()).catch(String)).toContain("ECONNREFUSED");
  socket.write("cd");
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received()).toContain("Connection: close\r\n");
  expect(received()).toMatch(/\r\n4\r\n|\r\n4$/);
  await stopped;
});

test("pipelined requests are all answered, the last with the close of the connection", async () => {
  const { stop, url } = await startServer(async ({ url: path }, response) => {
    await setTimeout(200);
    response.end(`answer to ${path}`);
  });
  const { socket, closed, received } = await openSocket(url);
  const asking = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
  socket.write(asking("/1") + asking("/2"));
  await setTimeout(50);
  const stopped = stop({ grace: 500 });
  socket.write(asking("/3"));
  await closed;
  await stopped;
  expect(received().match(/Connection: \S+|answer to \S\d/g)).toEqual([
    ...["Connection: keep-alive", "answer to /1", "Connection: keep-alive", "answer to /2"],
    ...["Connection: close", "answer to /3"],
  ]);
});

test("a request of which only a part of the head has arrived is answered, too", async () => {
  const { stop, url } = await startServer();
  const { socket, closed, received } = await openSocket(url);
  socket.write(post.slice(0, 20));
  await setTimeout(50);
  const stopped = stop({ grace: 0 });
  await setTimeout(200);
  socket.write(`${post.slice(20)}cd`);
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  await stopped;
});

test("an answer whose head promised to keep the connection is sent to its end", async () => {
  const { stop, url } = await startServer(async (_asked, response) => {
    response.write("begun ");
    await setTimeout(400);
    response.end("ended");
  });
  const { socket, closed, received } = await openSocket(url);
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await expect.poll(received).toContain("begun");
  await stop({ grace: 0 });
  await closed;
  expect(received()).toContain("Connection: keep-alive\r\n");
  expect(received()).toContain("ended\r\n0\r\n\r\n");
});

test("a request that does not end is cut off at the bound", async () => {
  const { stop, url } = await startServer();
  const { socket, closed, received } = await openSocket(url);
  socket.write(post);
  await setTimeout(50);
  await stop({ grace: 0, longestRequest: 300 });
  await closed;
  expect(received()).toBe("");
});

test("connections without a request don't wait for the bound", async () => {
  const { stop, url } = await startServer();
  const [unused, kept] = [await openSocket(url), keepingAgent()];
  await ask(url, kept);
  // Ends by itself, long before the bound of an endless request.
  await stop({ grace: 0, longestRequest: 1_000_000 });
  await unused.closed;
  expect(unused.received()).toBe("");
});
