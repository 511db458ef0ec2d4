import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { whenAlone } from "./lock.mjs";

/** What a build bundles: the server, and the commands that an operator runs beside it. */
export const bundled = [
  "server.ts",
  "deploy/check-health.ts",
  "deploy/serve.ts",
  "scripts/create-organization.ts",
  "scripts/doctor.ts",
  "scripts/move.ts",
  "scripts/restore-check.ts",
  "scripts/rotate-keys.ts",
  "scripts/unlock-person.ts",
  "scripts/verify-audit.ts",
];

const sources = [
  "app",
  "api",
  "components",
  "db",
  "lib",
  "server",
  ...bundled,
  "scripts/bundle.mjs",
  "scripts/compress.mjs",
  "next.config.mjs",
  "postcss.config.mjs",
  "package-lock.json",
];
/** Next empties its folder when it begins to build, so a build that is interrupted has none. */
const stamp = ".next/built-from";

/** Builds the pages and the server, unless the last build has the same sources. True if there is a build then. */
export async function buildIfStale(run) {
  if (isBuiltFrom(digestOf(sources))) return true;
  return whenAlone(async () => {
    const digest = digestOf(sources);
    // Another process may have built them meanwhile.
    if (isBuiltFrom(digest)) return true;
    console.info("Building the pages and the server. This takes a minute or less …");
    rmSync(stamp, { force: true });
    if (!(await run("npm", ["run", "build"]))) return false;
    writeFileSync(stamp, digest);
    return true;
  });
}

function isBuiltFrom(digest) {
  return existsSync("dist/server.js") && existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

function digestOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesBelow).sort()) hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
