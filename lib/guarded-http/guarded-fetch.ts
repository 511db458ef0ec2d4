import { Agent, type Dispatcher } from "undici";
import type { Peer } from "@/lib/metrics/instruments";
import { type ConnectionOptions, guardedConnector, mostMilliseconds, rejectedBy } from "./connector";
import { connectionFailed, redirectRefused, tooLarge } from "./errors";
import { observed } from "./observed";

const mostBytes = 1024 * 1024;

export type GuardedFetch = (request: Request) => Promise<Response>;

type Options = ConnectionOptions & {
  /** What is asked, for the metrics. */
  peer?: Peer;
  milliseconds?: number;
  /** The most that an answer may have. */
  bytes?: number;
};

/**
 * The only way to send requests to other servers, bound to one origin; a request to another origin is a bug and throws.
 * Throws a DomainError `provider_…` that contains nothing that was sent or received. Refuses redirects; returns any
 * other status with the whole body read.
 */
export function guardedFetch(origin: string, options: Options = {}): GuardedFetch {
  const { milliseconds = mostMilliseconds, peer = "other" } = options;
  return observed(peer, async (request) => {
    const url = new URL(request.url);
    if (url.origin !== origin) throw new Error(`A request for ${origin} was about to go to another origin.`);
    const signal = AbortSignal.timeout(milliseconds);
    const agent = createAgent(url, options, signal);
    try {
      // undici obeys the signal only once it connects, and a resolver may ignore it.
      return await Promise.race([send(agent, url, request, signal, options.bytes), rejectedBy(signal)]);
    } catch (error) {
      throw connectionFailed(url.host, error);
    } finally {
      // Not awaited, since it waits for such a resolver.
      agent.destroy().catch(() => {});
    }
  });
}

/** One agent per request, so that each connection is checked. Ignores proxy settings. */
function createAgent(url: URL, options: Options, signal: AbortSignal): Agent {
  const connect = guardedConnector(url, options, signal);
  return new Agent({ connect, connections: 1, pipelining: 0, maxHeaderSize: 16 * 1024 });
}

async function send(
  agent: Agent,
  url: URL,
  request: Request,
  signal: AbortSignal,
  bytes = mostBytes,
): Promise<Response> {
  const text = request.body ? await request.text() : undefined;
  const { statusCode, headers, body } = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: methodOf(request),
    headers: Object.fromEntries(request.headers),
    body: text,
    signal,
  });
  if (statusCode >= 300 && statusCode < 400) throw redirectRefused(url, headers.location);
  const content = await readAll(url, body, bytes);
  return new Response(statusCode === 204 || statusCode === 205 ? null : content, {
    status: statusCode,
    headers: headersOf(headers),
  });
}

async function readAll(
  url: URL,
  body: Dispatcher.ResponseData["body"],
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw tooLarge(url.host);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function methodOf({ method }: Request): Dispatcher.HttpMethod {
  if (method === "GET" || method === "POST" || method === "PUT" || method === "DELETE") return method;
  throw new Error(`The guarded client sends no ${method}.`);
}

function headersOf(given: Dispatcher.ResponseData["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}
