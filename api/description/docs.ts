import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { negotiate, takesGzip } from "@/api/http/accept";
import { answerHeaders } from "@/api/http/answer";
import { checked } from "@/api/http/checked";
import type { ApiEnv } from "@/api/http/env";
import { problem } from "@/api/http/problem";
import { noQuery } from "@/api/http/query";
import { publicErrors } from "./error-responses";
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
  middleware: [acceptsHtml, checked(noQuery)],
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...publicErrors("malformed", "not_acceptable", "internal"),
  },
});

const asset = createRoute({
  hide: true,
  method: "get",
  path: "/docs/{version}/{name}",
  middleware: [checked(noQuery)],
  request: { params: z.object({ version: z.string(), name: z.string() }) },
  responses: { 200: { description: "One of the page's files" } },
});

// The page may only run our own files and only call us. Swagger UI renders no inline script or style sheet.
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

/** `GET /docs`: the API description as a page, with every file from our own origin. */
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

/** The page that shows the description. The paths of its files hold the version, so they can be cached forever. */
function docsPage(version: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>API Documentation · veHaaS</title>
    <link rel="icon" href="/favicon.ico" sizes="any">
    <script src="docs/${version}/theme.js"></script>
    <link rel="stylesheet" href="docs/${version}/swagger-ui.css">
    <link rel="stylesheet" href="docs/${version}/page.css">
    <script src="docs/${version}/swagger-ui-bundle.js" defer></script>
    <script src="docs/${version}/start.js" defer></script>
  </head>
  <body>
    <header class="bar">
      <a href="/groups"><svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        <rect width="20" height="20" rx="5"/><path d="M5 6.5 9.25 14 12.6 8.1"/><circle cx="14.25" cy="6" r="1.75"/>
      </svg>veHaaS</a>
      <span aria-hidden="true">/</span> API Documentation
    </header>
    <main id="docs"></main>
    <noscript>This page needs JavaScript. The description itself is at <a href="openapi.json">openapi.json</a>.</noscript>
  </body>
</html>
`;
}

/** `zipped` is the gzipped content, if that is smaller. */
type Asset = { contentType: string; content: Buffer<ArrayBuffer>; zipped?: Buffer<ArrayBuffer> };
/** `version` changes whenever any of the files does. */
type Assets = { version: string; files: ReadonlyMap<string, Asset> };

const ours = "api/description/assets";
const swaggerUi = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

/** Every file that the page may request. */
const sources = [
  join(ours, "theme.js"),
  join(ours, "start.js"),
  join(ours, "page.css"),
  join(swaggerUi, "swagger-ui-bundle.js"),
  join(swaggerUi, "swagger-ui.css"),
];

const contentTypes: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

let assets: Promise<Assets> | undefined;

/** Read and compressed once: compressing for each request would let anyone keep the CPU busy. */
function readAssets(): Promise<Assets> {
  assets ??= readAll().catch((error) => {
    assets = undefined;
    throw error;
  });
  return assets;
}

async function readAll(): Promise<Assets> {
  const hash = createHash("sha256");
  const files = new Map<string, Asset>();
  for (const path of sources) {
    const content = await readFile(path);
    hash.update(content);
    const contentType = contentTypes[extname(path)] ?? "";
    files.set(basename(path), { contentType, content, zipped: await zip(content) });
  }
  return { version: hash.digest("hex").slice(0, 16), files };
}

async function zip(content: Buffer): Promise<Buffer<ArrayBuffer> | undefined> {
  const zipped = await promisify(gzip)(content);
  return zipped.length < content.length ? zipped : undefined;
}
