import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { isOwnFile, ownFiles } from "./own-file";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Answers requests for Next's own files from `folder`, compressed as `npm run build` left them, and passes all others on.
 * Their names change with their content, so a browser need not ask again, and a name serves as the entity tag: a weak
 * one, since it is the same for each coding (RFC 9110, 8.8.1).
 */
export function withOwnFiles(pages: Handler, folder = ".next/static"): Handler {
  const listener = getRequestListener(createOwnFiles(folder).fetch, { hostname: "localhost" });
  return (request, response) => (isOwnFile(request) ? listener(request, response) : pages(request, response));
}

function createOwnFiles(root: string): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const known = c.req.header("if-none-match")?.split(/,\s*/) ?? [];
    if (!known.includes(tagOf(c))) return next();
    keep(c);
    return c.body(null, 304);
  });
  const rewriteRequestPath = (path: string) => path.slice(ownFiles.length);
  app.use(serveStatic({ root, rewriteRequestPath, precompressed: true, onFound: (_path, c) => keep(c) }));
  app.notFound((c) => c.text("There is no such file.\n", 404, { "cache-control": "no-store" }));
  return app;
}

function keep(c: Context): void {
  c.header("cache-control", "public, max-age=31536000, immutable");
  c.header("etag", tagOf(c));
  c.header("vary", "accept-encoding");
}

function tagOf(c: Context): string {
  return `W/"${c.req.path.slice(ownFiles.length)}"`;
}
