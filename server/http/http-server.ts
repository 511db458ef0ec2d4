import { createServer, type Server, type ServerOptions } from "node:http";
import { endAfterEarlyAnswer } from "./early-answer";
import { endSilentReaders } from "./silent-readers";

type Limits = Pick<ServerOptions, "headersTimeout" | "requestTimeout" | "connectionsCheckingInterval"> & {
  /** Milliseconds in which a client must read part of its response. It is disconnected after twice as many at most. */
  readTimeout?: number;
};

const defaults = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
const maxHeaderSize = 16 * 1024;
// Longer than load balancers keep idle connections: otherwise one would send a request on a closing connection.
const keepAliveTimeout = 65_000;

/**
 * A server that slow and hostile clients can't block. Limits: 10 s for headers, 30 s for the whole request, and 30 s
 * without reading from a response, even if the client keeps sending. Node answers what it can't parse.
 */
export function createHttpServer({ readTimeout = 15_000, ...limits }: Limits = {}): Server {
  const server = createServer({ maxHeaderSize, keepAliveTimeout, ...defaults, ...limits });
  server.on("request", endAfterEarlyAnswer);
  endSilentReaders(server, readTimeout);
  return server;
}
