import type { IncomingMessage } from "node:http";

/**
 * The origin under which people see the site: AUTH_URL's where it is set, else what the browser asked for.
 * The latter is plain http on the listening port: whoever puts a proxy in front sets AUTH_URL.
 */
export function publicOrigin(request: IncomingMessage, authUrl: string | undefined): string | undefined {
  const origin = authUrl ?? `http://${request.headers.host}`;
  return URL.canParse(origin) ? new URL(origin).origin : undefined;
}

/** True where the request changes nothing, or comes from a page of our own. A missing or `null` Origin does not. */
export function comesFromOwnPage(request: IncomingMessage, origin: string): boolean {
  const isSafe = request.method === "GET" || request.method === "HEAD";
  return isSafe || request.headers.origin === origin;
}
