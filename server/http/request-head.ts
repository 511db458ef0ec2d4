import type { IncomingMessage } from "node:http";

/** Node silently uses the first of several, while a proxy may have used another. */
const singular = new Set(["host", "authorization", "content-type"]);
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)$/i;

/**
 * False if the request's head is ambiguous (RFC 9112, 3.2). An absolute-form target, which servers must accept, is
 * replaced by its path: Next would repeat its host in a redirect.
 */
export function readHead(request: IncomingMessage): boolean {
  return !hasTwice(request.rawHeaders) && readTarget(request);
}

function readTarget(request: IncomingMessage): boolean {
  const { url = "", headers } = request;
  if (url.startsWith("/")) return true;
  const [, authority, path] = absoluteForm.exec(url) ?? [];
  if (!authority || authority.toLowerCase() !== headers.host?.toLowerCase()) return false;
  request.url = path?.startsWith("/") ? path : `/${path}`;
  return true;
}

function hasTwice(rawHeaders: string[]): boolean {
  const seen: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (!singular.has(name)) continue;
    if (seen.includes(name)) return true;
    seen.push(name);
  }
  return false;
}

/** RFC 3986, 3.2: only a host and a port. A URL parser would find another host in "a@b" or "a/b". */
const hostAndPort = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** The site's public origin: AUTH_URL's, or plain http with the requested host. Behind a proxy AUTH_URL must be set. */
export function publicOrigin(request: IncomingMessage, authUrl: string | undefined): string | undefined {
  const { host } = request.headers;
  if (host === undefined ? !authUrl : !hostAndPort.test(host)) return undefined;
  const origin = authUrl ?? `http://${host}`;
  return URL.canParse(origin) ? new URL(origin).origin : undefined;
}

/** True for a safe method, and for an Origin of our own. A missing or `null` Origin is refused. */
export function comesFromOwnPage(request: IncomingMessage, origin: string): boolean {
  const isSafe = request.method === "GET" || request.method === "HEAD";
  return isSafe || request.headers.origin === origin;
}
