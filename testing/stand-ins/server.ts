import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { z } from "zod";

type Misbehaviour = "rate_limited" | "error" | "html" | "redirect" | "huge" | "slow";
/**
 * Faults that apply to any request. `answer_lost` handles the request and hangs up. `answer_held` handles it and
 * answers after the next call of `failWith`.
 */
export type Fault = Misbehaviour | "answer_lost" | "answer_held";
export type Recorded = { method: string; path: string; headers: IncomingMessage["headers"]; body: unknown };
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
export type Exchange = Recorded & { answer: Answer };
export type Handler = (request: Recorded & { url: URL }) => Answer;
export type StandInOptions = { subPath?: string; tls?: boolean; host?: string; port?: number; redirectTo?: string };

const address = z.object({ port: z.number() });

/** Signed by an authority made for these tests, for localhost, 127.0.0.1 and gitlab.example.com. */
const certificate = (name: string) => new URL(`./certificates/${name}`, import.meta.url);
/** Its file. */
export const testAuthority = fileURLToPath(certificate("ca.pem"));
export const testCertificate = () => ({
  key: readFileSync(certificate("server.key")),
  cert: readFileSync(certificate("server.pem")),
});

export type StandIn = Awaited<ReturnType<typeof startStandIn>>;

/** A real server on a free local port that records its requests. */
export async function startStandIn(handler: Handler, options: StandInOptions = {}) {
  const { subPath = "", tls = false, host = "127.0.0.1", redirectTo = "/elsewhere" } = options;
  const requests: Recorded[] = [];
  const exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  const state: { fault: Fault | undefined; connections: number } = { fault: undefined, connections: 0 };
  let held = Promise.withResolvers<void>();

  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    const recorded = await record(request);
    requests.push(recorded);
    if (state.fault && state.fault !== "answer_lost" && state.fault !== "answer_held")
      return misbehave(response, state.fault, redirectTo);
    if (!url.pathname.startsWith(`${subPath}/`))
      return send(response, { status: 404, body: { error: "404 Not Found" } });
    const path = url.pathname.slice(subPath.length);
    const answer = handler({ ...recorded, path, url });
    exchanges.push({ ...recorded, answer });
    if (state.fault === "answer_lost") return request.socket.destroy();
    if (state.fault === "answer_held") await held.promise;
    return send(response, answer);
  };
  const server = tls ? createHttpsServer(testCertificate(), listener) : createHttpServer(listener);
  server.on("connection", (socket: Socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const { port } = address.parse(server.address());

  return {
    url: `${tls ? "https" : "http"}://${host}:${port}${subPath}`,
    port,
    requests,
    exchanges,
    connections: () => state.connections,
    failWith: (fault: Fault | undefined) => {
      state.fault = fault;
      held.resolve();
      held = Promise.withResolvers<void>();
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    body: text ? JSON.parse(text) : null,
  };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function misbehave(response: ServerResponse, fault: Misbehaviour, redirectTo: string): void {
  const json = { "content-type": "application/json" };
  switch (fault) {
    case "rate_limited":
      response.writeHead(429, { "content-type": "text/plain", "retry-after": "30" }).end("Retry later");
      return;
    case "error":
      response.writeHead(500, json).end('{"message":"500 Internal Server Error"}');
      return;
    case "html":
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!doctype html><html><body>Welcome to nginx!</body></html>");
      return;
    case "redirect":
      response.writeHead(302, { location: redirectTo }).end();
      return;
    case "huge":
      response.writeHead(200, json).end(`"${"x".repeat(3 * 1024 * 1024)}"`);
      return;
    case "slow":
      response.writeHead(200, json).write("{");
  }
}
