import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { negotiate, takesGzip } from "./accept";
import { answerHeaders } from "./answer";
import { readAssets } from "./docs-assets";
import { docsPage } from "./docs-page";
import type { ApiEnv } from "./env";
import { publicErrors } from "./error-responses";
import { problem } from "./problem";
import { noQuery } from "./query";
import { askedBy } from "./security";

const acceptsHtml = createMiddleware(async (c, next) => {
  if (negotiate(c.req.header("accept"), ["text/html"])) return next();
  return problem("not_acceptable", "This answer is available as text/html only.");
});

const page = createRoute({
  method: "get",
  path: "/docs",
  operationId: "getDocs",
  tags: ["Description"],
  summary: "Read this description in a browser",
  description: "A page that shows this description, and on which its operations can be tried. Anyone may read it.",
  security: askedBy.anyone,
  middleware: [acceptsHtml, noQuery],
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...publicErrors("malformed", "not_acceptable", "internal"),
  },
});

const asset = createRoute({
  hide: true,
  method: "get",
  path: "/docs/{version}/{name}",
  middleware: [noQuery],
  request: { params: z.object({ version: z.string(), name: z.string() }) },
  responses: { 200: { description: "One of the page's files" } },
});

// The page runs only our own files, and asks only us. What it draws has no inline script and no inline style sheet.
const pageHeaders = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

/** `GET /docs`: the description in a browser, from our own origin. */
export const docs = new OpenAPIHono<ApiEnv>()
  .openapi(page, async () => {
    const { version } = await readAssets();
    const headers = { ...answerHeaders("text/html; charset=utf-8"), ...pageHeaders };
    return new Response(docsPage(version), { headers });
  })
  .openapi(asset, async (c) => {
    const { version, name } = c.req.valid("param");
    const assets = await readAssets();
    const found = version === assets.version ? assets.files.get(name) : undefined;
    if (!found) return problem("not_found", "There is nothing at this address.");
    const zipped = takesGzip(c.req.header("accept-encoding")) ? found.zipped : undefined;
    const headers = {
      ...answerHeaders(found.contentType),
      "cache-control": "public, max-age=31536000, immutable",
      ...(found.zipped && { vary: "Accept-Encoding" }),
      ...(zipped && { "content-encoding": "gzip" }),
    };
    return new Response(zipped ?? found.content, { headers });
  });
