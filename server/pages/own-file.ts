import type { IncomingMessage } from "node:http";

const ownFiles = "/_next/static/";

/**
 * True where one of Next's own files is asked for. Told as Next resolves the target: one that begins like a file's may lead
 * to a page by `..`.
 */
export function isOwnFile({ method, url = "" }: IncomingMessage): boolean {
  if ((method !== "GET" && method !== "HEAD") || !url.startsWith(ownFiles)) return false;
  return new URL(url, "http://localhost").pathname.startsWith(ownFiles);
}
