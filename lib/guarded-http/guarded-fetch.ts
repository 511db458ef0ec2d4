import { Agent, buildConnector, type Dispatcher } from "undici";
import { settings } from "@/lib/env";
import { type Allowlist, permitsAddress } from "@/lib/network/allowlist";
import { readCertificates, trust } from "@/lib/network/certificates";
import { hostOf, portOf } from "@/lib/network/url-host";
import { connectionFailed, redirectRefused, tooLarge, urlNotAllowed } from "./errors";
import { type Resolve, vettedLookup } from "./resolve";
import { createResolve } from "./system-resolve";

const mostMilliseconds = 10_000;
const mostBytes = 1024 * 1024;
const systemResolve = createResolve();

export type GuardedFetch = (request: Request) => Promise<Response>;

type Options = {
  allowlist?: Allowlist;
  certificates?: string[];
  resolve?: Resolve;
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
  const { milliseconds = mostMilliseconds } = options;
  return async (request) => {
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
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
}

/** One agent per request, so that each connection is checked. Ignores proxy settings. */
function createAgent(url: URL, options: Options, signal: AbortSignal): Agent {
  const {
    allowlist = settings().PROVIDER_ALLOWLIST,
    resolve = systemResolve,
    certificates = ownCertificates(),
  } = options;
  const port = portOf(url);
  const connector = buildConnector({
    lookup: vettedLookup(allowlist, port, resolve, signal),
    timeout: mostMilliseconds,
    rejectUnauthorized: true,
    ...trust(certificates),
  });
  const host = hostOf(url);
  // An IP address in the URL bypasses the lookup.
  const isAddress = url.hostname.startsWith("[") || /^[\d.]+$/.test(host);
  const connect: buildConnector.connector = (target, callback) => {
    if (isAddress && !permitsAddress(allowlist, host, host, port)) return callback(urlNotAllowed(host), null);
    return connector(target, callback);
  };
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

function ownCertificates(): string[] {
  const file = settings().PROVIDER_CA_FILE;
  return file ? readCertificates(file) : [];
}
