import { randomUUID } from "node:crypto";
import { createServer, type Server, type ServerOptions, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { log } from "@/lib/log";
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
const timeToRead = 1000;

const malformed = { status: 400, code: "malformed", detail: "This request can't be read." };
const refusals: Record<string, typeof malformed | undefined> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: "request_timeout", detail: "The request took too long to arrive." },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: "too_large",
    detail: "The chunks of this request are too large.",
  },
  HPE_HEADER_OVERFLOW: { status: 431, code: "too_large", detail: "The headers of a request may have 16 KiB in all." },
};

/**
 * A server that slow and hostile clients can't block. Limits: 10 s for headers, 30 s for the whole request, and 30 s
 * without reading from a response, even if the client keeps sending.
 */
export function createHttpServer({ readTimeout = 15_000, ...limits }: Limits = {}): Server {
  const server = createServer({ maxHeaderSize, keepAliveTimeout, ...defaults, ...limits });
  server.on("clientError", refuse);
  server.on("request", endAfterEarlyAnswer);
  server.setTimeout(readTimeout, endUnlessAtWork);
  endSilentReaders(server, readTimeout);
  return server;
}

/** Called when the socket was idle. A connection whose request is in progress stays. */
function endUnlessAtWork(socket: Socket): void {
  if (isAtWork(socket)) return;
  log.debug("a connection was idle for too long");
  socket.destroy();
}

/** Sends the reason, unless a response has started, and closes the connection. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Refused already: whatever else the client sends is ignored.
  if (socket.writableEnded) return;
  if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const refusal = refusals[error.code ?? ""] ?? malformed;
  const requestId = randomUUID();
  // The error itself contains what was sent, including secrets.
  log.debug({ requestId, status: refusal.status, reason: error.code }, "a request could not be read");
  socket.end(answer(refusal, requestId));
  // Closing at once would reset the connection before a client that is still sending reads the response.
  setTimeout(() => socket.destroy(), timeToRead).unref();
}

// The same check as in Node's own handler, which this one replaces.
function isAnswering(socket: Duplex): boolean {
  const message = answerOf(socket);
  return message !== undefined && "headersSent" in message && message.headersSent === true;
}

function isAtWork(socket: Socket): boolean {
  return answerOf(socket) !== undefined;
}

/** The response that the connection waits for or is sending. */
function answerOf(socket: Duplex): object | undefined {
  const message = "_httpMessage" in socket ? socket._httpMessage : undefined;
  return typeof message === "object" && message !== null ? message : undefined;
}

function answer({ status, code, detail }: typeof malformed, requestId: string): string {
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: "about:blank", title, status, code, detail });
  return [
    `HTTP/1.1 ${status} ${title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
