import type { IncomingMessage } from "node:http";

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
