import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** `zipped` is the content by gzip, where that makes it smaller. */
type Asset = { contentType: string; content: Buffer<ArrayBuffer>; zipped?: Buffer<ArrayBuffer> };
/** `version` differs where any of the files does. */
type Assets = { version: string; files: ReadonlyMap<string, Asset> };

const ours = "api/api-docs";
const swaggerUi = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

/** Every file that the page may ask for. */
const sources = [
  join(ours, "start.js"),
  join(ours, "page.css"),
  join(swaggerUi, "swagger-ui-bundle.js"),
  join(swaggerUi, "swagger-ui.css"),
  join(swaggerUi, "favicon-32x32.png"),
];

const contentTypes: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".png": "image/png",
};

let assets: Promise<Assets> | undefined;

/** Read and packed at the first use, and kept: packing them for each request would let anyone keep the server busy. */
export function readAssets(): Promise<Assets> {
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
