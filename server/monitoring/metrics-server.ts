import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { log } from "@/lib/log";

/** Answers GET /metrics, and nothing else. For the operator's network: whoever reaches it may read it. */
export function createMetricsServer(registry: Registry): Server {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    answer(registry, request, response).catch((error) => {
      log.error({ err: error }, "the metrics could not be written");
      if (!response.headersSent) refuse(response, 500, "The metrics could not be written.");
    });
  });
  // More would be no scraper's: the server must not hold the memory of many answers.
  server.maxConnections = 50;
  return server;
}

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = "" } = request;
  if (url.split("?", 1)[0] !== "/metrics") return refuse(response, 404, "There is only /metrics.");
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(response, 405, "This address allows GET and HEAD.");
  }
  const body = await registry.metrics();
  const headers = { "content-type": registry.contentType, "cache-control": "no-store" };
  response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(method === "HEAD" ? undefined : body);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}
