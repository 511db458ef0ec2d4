import type { IncomingMessage } from "node:http";

/** RFC 3986, 3.2: a host and a port, and no more. A URL would take what follows "@" or stands before "/" for the host. */
const hostAndPort = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/**
 * The origin under which people see the site: AUTH_URL's where it is set, else what the browser asked for.
 * The latter is plain http on the listening port: whoever puts a proxy in front sets AUTH_URL.
 */
export function publicOrigin(request: IncomingMessage, authUrl: string | undefined): string | undefined {
  const { host } = request.headers;
  if (host === undefined ? !authUrl : !hostAndPort.test(host)) return undefined;
  const origin = authUrl ?? `http://${host}`;
  return URL.canParse(origin) ? new URL(origin).origin : undefined;
}

/** True where the request changes nothing, or comes from a page of our own. A missing or `null` Origin does not. */
export function comesFromOwnPage(request: IncomingMessage, origin: string): boolean {
  const isSafe = request.method === "GET" || request.method === "HEAD";
  return isSafe || request.headers.origin === origin;
}
