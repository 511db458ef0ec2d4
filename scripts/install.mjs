// Installs the npm packages that are missing: those that build and serve, and for the tests all of them.
import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { run } from "./bootstrap.mjs";
import { whenAlone } from "./lock.mjs";

const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
/** The workspace with Node, and npm's link to it. */
const nodePackage = ["scripts/node", "node_modules/pinned-node"];

/**
 * Installs what is missing or has another version than the locked one. `machineNode` is the version of the machine's Node,
 * undefined where a package's Node runs this. True if everything is installed then.
 */
export async function install({ development = false, machineNode = versionOutside(process.execPath) } = {}) {
  if (!installCommand(development, machineNode) && unlinkedNodes().length === 0) return true;
  return whenAlone(async () => {
    // Another process may have installed it meanwhile.
    const command = installCommand(development, machineNode);
    if (command) console.info("Installing npm packages. This takes a minute or less, and longer on a slow network …");
    const isInstalled = !command || (await run("npm", [...command, ...quiet]));
    const unlinked = unlinkedNodes();
    if (
      isInstalled &&
      (unlinked.length === 0 || (await run("npm", ["rebuild", ...unlinked, "--bin-links", ...quiet])))
    ) {
      return true;
    }
    console.error("The npm packages could not be installed: see above. The next start tries again.");
    return false;
  });
}

/** npm puts the commands of packages first, so what is there already can bring the Node that runs this. */
function versionOutside(program) {
  const isInside = !relative(resolve("node_modules"), program).startsWith("..");
  return isInside ? undefined : process.versions.node;
}

/** npm's command, or undefined if nothing is to be done. */
function installCommand(development, machineNode) {
  const locked = packagesIn("package-lock.json");
  const present = packagesIn("node_modules/.package-lock.json");
  const isNode = (path) => nodePackage.includes(path);
  const needsNode = development || !machineNode?.startsWith("24.");
  const isNeeded = ([path, { dev }]) => (development || !dev) && (needsNode || !isNode(path));
  // npm leaves out an optional package that isn't for this machine.
  const isMissing = ([path, one]) => !isCurrent(path, one, present.get(path)) && (present.has(path) || !one.optional);
  // A package that the lock file no longer has could still be found in place of another version.
  const isOutdated = ([path, one]) => !one.dev && !isCurrent(path, locked.get(path), one);
  const outdated = [...present].some(isOutdated);
  if (present.size > 0 && !outdated && ![...locked].filter(isNeeded).some(isMissing)) return undefined;
  // What a developer has stays.
  const keepsDevelopment = development || [...present.values()].some(({ dev }) => dev);
  const keepsNode = needsNode || [...present.keys()].some(isNode);
  return [
    // "install" only adds packages, so that a server that is running keeps those that it uses.
    ...(present.size > 0 && !outdated ? ["install", "--no-save"] : ["ci"]),
    keepsDevelopment ? "--include=dev" : "--omit=dev",
    // npm's settings could leave these out: compilers, the embedded PostgreSQL, Node.
    "--include=optional",
    "--include=peer",
    // They could also leave out the commands, or link packages from elsewhere.
    "--bin-links",
    "--install-strategy=hoisted",
    ...(keepsNode ? [] : ["--workspaces=false"]),
  ];
}

/** npm 10.1 removes the link of the Node that it has installed, together with those of the Nodes for other machines. */
function unlinkedNodes() {
  if (existsSync("node_modules/.bin/node")) return [];
  const names = Object.keys(packagesIn("package-lock.json").get("scripts/node")?.optionalDependencies ?? {});
  const present = packagesIn("node_modules/.package-lock.json");
  return names.filter((name) => present.get(`node_modules/${name}`)?.bin);
}

function isCurrent(path, locked, present) {
  if (!locked || !present || !existsSync(path)) return false;
  return present.version === locked.version && present.integrity === locked.integrity;
}

/** By folder. npm writes the list in node_modules last, so an installation that was interrupted has none, or a part of it. */
function packagesIn(file) {
  if (!existsSync(file)) return new Map();
  try {
    const { "": _project, ...packages } = JSON.parse(readFileSync(file, "utf8")).packages;
    return new Map(Object.entries(packages));
  } catch {
    // npm says what is wrong with a lock file.
    return new Map();
  }
}
