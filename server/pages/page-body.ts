import { IncomingMessage, type ServerResponse } from "node:http";
import { log } from "@/lib/log";
import { findSession } from "@/lib/sign-in/sessions";
import { isUnavailable } from "@/lib/unavailable";
import { formRefusals } from "@/lib/web/form-refusals";
import { sessionTokenOf } from "@/lib/web/session-cookie";
import { decodableContentType } from "./page-form";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
type Refusal = { status: number; message: string };

const mostSignedOut = 16 * 1024;
/** Bytes for a .env text of 256 Ki characters, with at most three bytes each in most alphabets, and the names in it. */
const mostSignedIn = 1024 * 1024;

const retryAfter = "5";

/**
 * Shows a page once its request's body has arrived, is within the limits and is cheap for Next to decode. The limit is
 * 16 KiB without a live session, and what our forms need with one. Only a larger body needs the session's lookup.
 */
export async function withPageBody(request: IncomingMessage, response: ServerResponse, show: Handler): Promise<void> {
  if (!hasBody(request)) return void (await show(request, response));
  const received = await receive(request);
  if (received instanceof IncomingMessage) return void (await show(received, response));
  if (received) refuse(response, received);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** The request with its body in memory, or the refusal; undefined if the client disconnected. */
async function receive(request: IncomingMessage): Promise<IncomingMessage | Refusal | undefined> {
  if (isEncoded(request)) return { status: 415, message: formRefusals.compressed };
  try {
    const read = await readBounded(request);
    return Buffer.isBuffer(read) ? withDecodableBody(request, read) : read;
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined;
    if (isUnavailable(error)) return { status: 503, message: formRefusals.unavailable };
    log.error({ err: error }, "the body of a page could not be read");
    return { status: 500, message: formRefusals.broken };
  }
}

function isEncoded({ headers }: IncomingMessage): boolean {
  const coding = headers["content-encoding"] || "identity";
  return coding.toLowerCase() !== "identity" || (headers["transfer-encoding"] ?? "chunked").toLowerCase() !== "chunked";
}

async function readBounded(request: IncomingMessage): Promise<Buffer | Refusal> {
  const tooLarge = boundOf(request);
  const refusal = await tooLarge(Number(request.headers["content-length"] ?? 0));
  if (refusal) return refusal;
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must stay open on an early exit, to send the refusal.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    const refusal = await tooLarge(size);
    if (refusal) return refusal;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns a function that checks a size. Looks the session up at most once. */
function boundOf(request: IncomingMessage): (size: number) => Promise<Refusal | undefined> {
  let signedIn: boolean | undefined;
  return async (size) => {
    if (size <= mostSignedOut) return undefined;
    if (size > mostSignedIn) return { status: 413, message: formRefusals.tooLarge };
    signedIn ??= await hasSession(request);
    return signedIn ? undefined : { status: 413, message: formRefusals.tooLargeSignedOut };
  };
}

async function hasSession(request: IncomingMessage): Promise<boolean> {
  const token = sessionTokenOf(request);
  return token !== undefined && (await findSession(token)) !== undefined;
}

function withDecodableBody(request: IncomingMessage, body: Buffer): IncomingMessage | Refusal {
  const { "content-type": contentType = "", "next-action": action } = request.headers;
  // Next accepts an action only with this method and header.
  const isAction = request.method === "POST" && action !== undefined;
  const decodable = decodableContentType({ body, contentType }, isAction);
  if (decodable === undefined) return { status: 400, message: formRefusals.malformed };
  return replayed(request, body, decodable);
}

/** A copy of the request with the received body. */
function replayed(request: IncomingMessage, body: Buffer, contentType: string): IncomingMessage {
  const { "transfer-encoding": _, ...headers } = request.headers;
  const again = new IncomingMessage(request.socket);
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  Object.assign(again, { method, url, httpVersion, httpVersionMajor, httpVersionMinor, complete: true });
  again.headers = { ...headers, "content-type": contentType, "content-length": String(body.length) };
  again.rawHeaders = Object.entries(again.headers).flatMap(([name, value]) => [name, String(value)]);
  again.push(body);
  again.push(null);
  return again;
}

/** Next's client shows the response's text only with exactly this content type. */
function refuse(response: ServerResponse, { status, message }: Refusal): void {
  if (status === 503) response.setHeader("retry-after", retryAfter);
  if (status === 415) response.setHeader("accept-encoding", "identity");
  response.writeHead(status, { "content-type": "text/plain" }).end(message);
}
