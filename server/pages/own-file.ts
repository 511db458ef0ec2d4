import type { IncomingMessage } from "node:http";

export const ownFiles = "/_next/static/";

/** True for a request for one of Next's own files. Resolves the target as Next does, since `..` may lead to a page. */
export function isOwnFile({ method, url = "" }: IncomingMessage): boolean {
  if ((method !== "GET" && method !== "HEAD") || !url.startsWith(ownFiles)) return false;
  return new URL(url, "http://localhost").pathname.startsWith(ownFiles);
}
