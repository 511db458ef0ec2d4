import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
const stamp = "dist/built-from";

/** Builds the pages and the server, unless the last build has the same sources. True if there is a build then. */
export async function buildIfStale(run) {
  const digest = digestOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return true;
  rmSync(stamp, { force: true });
  if (!(await run("npm", ["run", "build"]))) return false;
  mkdirSync("dist", { recursive: true });
  writeFileSync(stamp, digest);
  return true;
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
