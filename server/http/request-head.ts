import type { IncomingMessage } from "node:http";

/** Node takes the first of several and drops the others in silence; a proxy in front may have taken another. */
const singular = new Set(["host", "authorization", "content-type"]);
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)$/i;

/**
 * False where the head of a request is ambiguous (RFC 9112, 3.2). A target in absolute form, which a server has to accept,
 * is replaced by its path: Next would repeat its host in a redirect.
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
