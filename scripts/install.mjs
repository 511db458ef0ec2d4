// Installs the npm packages that are missing. `npm start` gets those that build and serve, `npm test` all of them.
import { existsSync, readFileSync } from "node:fs";
import { run } from "./bootstrap.mjs";

const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

/** Installs what is missing or has another version than the locked one. True if everything is installed then. */
export async function install({ development = false } = {}) {
  const command = installCommand(development);
  return !command || (await run("npm", [...command, ...quiet]));
}

/** npm's command, or undefined if nothing is to be done. */
function installCommand(development) {
  const locked = packagesIn("package-lock.json");
  const present = packagesIn("node_modules/.package-lock.json");
  // A package that the lock file no longer has could still be found in place of another version.
  const isCurrent = [...present.keys()].every((path) => locked.has(path));
  const missing = [...locked].filter(([path, one]) => isMissing(one, present.get(path), path));
  if (isCurrent && missing.every(([, { dev }]) => dev && !development)) return undefined;
  // This only adds packages, so that a server that is running keeps those that it uses.
  if (isCurrent && missing.every(([, { dev }]) => dev)) return ["install", "--no-save", "--include=dev"];
  const hasDevelopment = [...present.values()].some(({ dev }) => dev);
  return ["ci", development || hasDevelopment ? "--include=dev" : "--omit=dev"];
}

/** npm leaves out an optional package that isn't for this machine. */
function isMissing(locked, present, path) {
  if (!present) return !locked.optional;
  return present.version !== locked.version || present.integrity !== locked.integrity || !existsSync(path);
}

/** By folder. npm writes the list in node_modules last, so an installation that was interrupted has none. */
function packagesIn(file) {
  if (!existsSync(file)) return new Map();
  const { "": _project, ...packages } = JSON.parse(readFileSync(file, "utf8")).packages;
  return new Map(Object.entries(packages));
}
