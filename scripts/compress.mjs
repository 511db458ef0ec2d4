// Compresses the pages' static files beside themselves, so that the server compresses none.

import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const folder = ".next/static";
/** Fonts and pictures are compressed already. */
const compressible = [".js", ".css", ".json", ".svg", ".txt"];
const codings = [
  [".br", promisify(brotliCompress), { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }],
  [".gz", promisify(gzip), { level: constants.Z_BEST_COMPRESSION }],
];

const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
await Promise.all(files.filter((file) => compressible.includes(extname(file))).map(compress));

async function compress(file) {
  const content = await readFile(file);
  await Promise.all(
    codings.map(async ([extension, encode, options]) => {
      const encoded = await encode(content, options);
      if (encoded.length < content.length) await writeFile(`${file}${extension}`, encoded);
    }),
  );
}
