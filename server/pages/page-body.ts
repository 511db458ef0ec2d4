import { IncomingMessage, type ServerResponse } from "node:http";
import { log } from "@/lib/log";
import { findSession } from "@/lib/sign-in/sessions";
import { isUnavailable } from "@/lib/unavailable";
import { formRefusals } from "@/lib/web/form-refusals";
import { sessionTokenOf } from "@/lib/web/session-cookie";
import { soundContentType } from "./page-form";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
type Refusal = { status: number; message: string };

const mostSignedOut = 16 * 1024;
/** A .env text of 256 Ki characters, which in most alphabets take three bytes at most, and the names that it sets. */
const mostSignedIn = 1024 * 1024;

const retryAfter = "5";

/**
 * Shows a page once the body of its request has arrived, is within its bounds, and costs Next little to decode. Without a
 * live session a body has 16 KiB, with one as much as our forms need. Only a body of more than 16 KiB asks for the session.
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

/** The request with its body in memory, or why it is refused; undefined where the client is gone. */
async function receive(request: IncomingMessage): Promise<IncomingMessage | Refusal | undefined> {
  if (isEncoded(request)) return { status: 415, message: formRefusals.compressed };
  try {
    const read = await readBounded(request);
    return Buffer.isBuffer(read) ? withSoundBody(request, read) : read;
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
  // Not destroyed where it is left early: the refusal needs its socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    const refusal = await tooLarge(size);
    if (refusal) return refusal;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Says whether a size is refused. Asks for the session once at most. */
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

function withSoundBody(request: IncomingMessage, body: Buffer): IncomingMessage | Refusal {
  const { "content-type": contentType = "", "next-action": action } = request.headers;
  // Next takes no other request for an action.
  const isAction = request.method === "POST" && action !== undefined;
  const sound = soundContentType({ body, contentType }, isAction);
  if (sound === undefined) return { status: 400, message: formRefusals.malformed };
  return replayed(request, body, sound);
}

/** The same request, which has arrived with this body. */
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

/** Next's router in the browser takes the text for its error's message only from this very content type. */
function refuse(response: ServerResponse, { status, message }: Refusal): void {
  if (status === 503) response.setHeader("retry-after", retryAfter);
  if (status === 415) response.setHeader("accept-encoding", "identity");
  response.writeHead(status, { "content-type": "text/plain" }).end(message);
}
