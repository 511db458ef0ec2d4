import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import pinned from "@/scripts/node/package.json" with { type: "json" };

const script = pathToFileURL(resolve("scripts/install.mjs")).href;
/** A project with three packages, as archives, so that npm asks no registry: one in use, one for tests, and "Node". */
let project: string;
/** The oldest Node that runs the product, and one that only installs it. */
const [current, older] = [`${majorOf(pinned.optionalDependencies)}.0.0`, "20.9.0"];

/** What each test starts with. npm takes long to lock it. */
let template: string;

beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), "vehaas-install-"));
  project = template;
  lock("1.0.0", "1.0.0");
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "vehaas-install-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(template, folder, { recursive: true });
  project = folder;
});

function majorOf(versions: Record<string, string>): string {
  const majors = new Set(Object.values(versions).map((version) => version.split(".")[0]));
  expect(majors.size).toBe(1);
  return [...majors].join();
}

/** Locks these versions of two of the packages. */
function lock(used: string, tool: string): void {
  writeJson("package.json", {
    name: "project",
    version: "1.0.0",
    workspaces: ["scripts/node"],
    dependencies: { used: pack("used", used) },
    devDependencies: { tool: pack("tool", tool) },
  });
  mkdirSync(join(project, "scripts/node"), { recursive: true });
  const optionalDependencies = { node: pack("node", "24.21.0").replace("file:", "file:../../") };
  writeJson("scripts/node/package.json", { name: "pinned-node", version: "1.0.0", optionalDependencies });
  rmSync(join(project, "package-lock.json"), { force: true });
  // npm would lock what is installed.
  const [modules, away] = [join(project, "node_modules"), join(project, "away")];
  if (existsSync(modules)) renameSync(modules, away);
  execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--offline"], { cwd: project });
  if (existsSync(away)) renameSync(away, modules);
}

function pack(name: string, version: string): string {
  const archive = `${name}-${version}.tgz`;
  // Packed again it would have another digest.
  if (existsSync(join(project, archive))) return `file:${archive}`;
  mkdirSync(join(project, "package"), { recursive: true });
  writeJson("package/package.json", { name, version, bin: "command.sh" });
  // Scripts of the tests run the command "node".
  writeFileSync(join(project, "package/command.sh"), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
  execFileSync("tar", ["-czf", archive, "package"], { cwd: project });
  return `file:${archive}`;
}

function writeJson(path: string, content: unknown): void {
  writeFileSync(join(project, path), JSON.stringify(content));
}

/** Runs the installation of `npm start` or `npm test`; the versions that are there after it. */
function install(command: "start" | "test", machineNode = older, env: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, installer(command, machineNode), {
    ...inProject(env),
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return present();
}

/** The arguments of Node for this. Without `machineNode`, it is the Node that runs it. */
function installer(command: "start" | "test", machineNode?: string): string[] {
  const options = JSON.stringify({ development: command === "test", machineNode });
  const code = `import { install } from ${JSON.stringify(script)}; process.exitCode = (await install(${options})) ? 0 : 1;`;
  return ["--input-type=module", "--eval", code];
}

function inProject(env: Record<string, string> = {}) {
  return { cwd: project, env: { ...process.env, npm_config_offline: "true", ...env } };
}

function present() {
  return { used: version("used"), tool: version("tool"), node: version("node") };
}

function version(name: string): string | undefined {
  const file = join(project, "node_modules", name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/** A file that is gone if npm has installed the package again. */
function mark(name: string): () => boolean {
  const file = join(project, "node_modules", name, "mark");
  writeFileSync(file, "");
  return () => existsSync(file);
}

const node = "24.21.0";

test("`npm start` leaves development packages out, and `npm test` adds them beside what is there", () => {
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
  const isUntouched = mark("used");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node });
  expect(isUntouched()).toBe(true);
});

test("`npm start` leaves Node out where the machine's is as new, and adds it where an older one runs later", () => {
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node: undefined });
  const isUntouched = mark("used");
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node: undefined });
  expect(install("start", older)).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(isUntouched()).toBe(true);
});

test("the Node of another package is not the machine's", () => {
  const folder = join(project, "node_modules/other/bin");
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, join(folder, "node"));
  const { status } = spawnSync(join(folder, "node"), installer("start"), { ...inProject(), stdio: "ignore" });
  expect([status, present()]).toEqual([0, { used: "1.0.0", tool: undefined, node }]);
});

test("`npm test` runs on the pinned Node on every machine", () => {
  install("start", current);
  expect(install("test", current)).toEqual({ used: "1.0.0", tool: "1.0.0", node });
});

test("`npm start` after `npm test` installs nothing, whatever the age of the files", () => {
  install("test");
  const marks = [mark("used"), mark("tool"), mark("node")];
  writeFileSync(join(project, "package-lock.json"), readFileSync(join(project, "package-lock.json")));
  for (const machineNode of [older, current]) {
    expect(install("start", machineNode)).toEqual({ used: "1.0.0", tool: "1.0.0", node });
  }
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node });
  expect(marks.map((isThere) => isThere())).toEqual([true, true, true]);
});

test("a changed lock file updates what is there, and keeps what a developer has", () => {
  install("start", current);
  lock("2.0.0", "1.0.0");
  expect(install("start", current)).toEqual({ used: "2.0.0", tool: undefined, node: undefined });
  install("test");
  lock("3.0.0", "2.0.0");
  expect(install("start", current)).toEqual({ used: "3.0.0", tool: "2.0.0", node });
});

test("a development package that has changed is of no concern to `npm start`", () => {
  install("test");
  const isUntouched = mark("used");
  lock("1.0.0", "2.0.0");
  expect(install("start")).toEqual({ used: "1.0.0", tool: "1.0.0", node });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "2.0.0", node });
  expect(isUntouched()).toBe(true);
});

test.each([0, 100])("an installation that was interrupted is repeated: %i bytes of npm's list", (length) => {
  install("test");
  const list = join(project, "node_modules/.package-lock.json");
  const content = readFileSync(list, "utf8").slice(0, length);
  rmSync(list);
  if (content) writeFileSync(list, content);
  rmSync(join(project, "node_modules/tool"), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node });
});

test.each(["used", "tool", "node"])("a package whose folder has been deleted is installed again: %s", (name) => {
  install("test");
  rmSync(join(project, "node_modules", name), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node });
});

test("a package that the lock file no longer has is removed", () => {
  install("start");
  mkdirSync(join(project, "node_modules/other"));
  writeJson("node_modules/other/package.json", { name: "other", version: "1.0.0" });
  const list = JSON.parse(readFileSync(join(project, "node_modules/.package-lock.json"), "utf8"));
  list.packages["node_modules/other"] = { version: "1.0.0", extraneous: true };
  writeJson("node_modules/.package-lock.json", list);
  install("start");
  expect(version("other")).toBeUndefined();
});

test.each<Record<string, string>>([
  { NODE_ENV: "production" },
  { npm_config_omit: "dev" },
  { npm_config_omit: "optional" },
  { npm_config_install_strategy: "linked" },
])("an environment doesn't keep packages away from the tests: %o", (env) => {
  expect(install("test", older, env)).toEqual({ used: "1.0.0", tool: "1.0.0", node });
});

test("an environment doesn't keep the commands of packages away", () => {
  install("start", older, { npm_config_bin_links: "false" });
  expect(existsSync(join(project, "node_modules/.bin/used"))).toBe(true);
});

test("a Node without a link to it, as npm 10.1 leaves it, gets one", () => {
  install("start");
  const link = join(project, "node_modules/.bin/node");
  rmSync(link);
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(existsSync(link)).toBe(true);
});

/** npm runs this whenever it has installed. */
function afterInstallation(script: string): void {
  const content = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  writeFileSync(join(project, "after.mjs"), script);
  writeJson("package.json", { ...content, scripts: { postinstall: "node after.mjs" } });
}

test("of several that begin at once, one installs and the others wait for it", async () => {
  afterInstallation(`import { appendFileSync } from "node:fs"; appendFileSync("runs", "once ");`);
  const codes = ["start", "start", "start"].map(async () => {
    const child = spawn(process.execPath, installer("start", older), {
      ...inProject(),
      stdio: "ignore",
    });
    return (await once(child, "exit"))[0];
  });
  expect(await Promise.all(codes)).toEqual([0, 0, 0]);
  expect(present()).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(readFileSync(join(project, "runs"), "utf8")).toBe("once ");
});

/** Starts an installation that takes long, by a parent process of its own. A script that npm runs notes its end. */
async function startLong() {
  afterInstallation(
    `import { writeFileSync } from "node:fs";
     for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"])
       process.on(signal, () => { writeFileSync("ended", ""); process.exit(); });
     setTimeout(() => {}, 30_000);
     writeFileSync("running", "");`,
  );
  const code = `
    import { spawn } from "node:child_process";
    const child = spawn(process.execPath, ${JSON.stringify(installer("start", older))}, { stdio: "ignore" });
    child.on("spawn", () => process.send(child.pid));
    child.on("exit", (code) => process.exit(code ?? 1));`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    ...inProject(),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [installing] = await once(parent, "message");
  await expect.poll(() => isThere("running"), { timeout: 15_000 }).toBe(true);
  return { parent, installing: Number(installing) };
}

function isThere(file: string): boolean {
  return existsSync(join(project, file));
}

test.each<[NodeJS.Signals[], number]>([
  [["SIGTERM"], 128 + 15],
  [["SIGQUIT"], 128 + 3],
  // npm ends between the two, and its end counts as a second one.
  [["SIGINT", "SIGTERM"], 128 + 2],
])("signals end an installation with all that npm has started, and the next one begins: %j", async (signals, code) => {
  const { parent, installing } = await startLong();
  const ended = once(parent, "exit");
  for (const signal of signals) process.kill(installing, signal);
  expect((await ended)[0]).toBe(code);
  expect(isThere(".preparing")).toBe(false);
  await expect.poll(() => isThere("ended"), { timeout: 5000 }).toBe(true);
  afterInstallation("");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
});

test("an installation ends with the npm that has started it", async () => {
  const { parent } = await startLong();
  parent.kill("SIGKILL");
  await expect.poll(() => [isThere("ended"), isThere(".preparing")], { timeout: 5000 }).toEqual([true, false]);
});

test("an installation whose process was killed keeps no later one from installing", () => {
  writeFileSync(join(project, ".preparing"), "");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
  expect(isThere(".preparing")).toBe(false);
});

test("a lock that can't be deleted keeps nobody from installing", () => {
  mkdirSync(join(project, ".preparing"));
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node });
});

test("an installation that was suspended leaves the lock to the process that has taken it", () => {
  afterInstallation(`import { writeFileSync } from "node:fs"; writeFileSync(".preparing", "another");`);
  install("start");
  expect(readFileSync(join(project, ".preparing"), "utf8")).toBe("another");
});

test("of two that find an abandoned lock, one goes on waiting if the other has deleted its new one", () => {
  writeFileSync(join(project, ".preparing"), "");
  const code = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const write = fs.writeFileSync;
    fs.writeFileSync = (...args) => {
      write(...args);
      // What the other one does just then.
      fs.writeFileSync = write;
      syncBuiltinESMExports();
      write(".preparing", "another");
      setTimeout(() => { write("other-ended", ""); fs.rmSync(".preparing"); }, 1000);
    };
    syncBuiltinESMExports();
    const { whenAlone } = await import(${JSON.stringify(script.replace("install.mjs", "lock.mjs"))});
    await whenAlone(() => { process.exitCode = fs.existsSync("other-ended") ? 0 : 1; });`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    ...inProject(),
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(isThere(".preparing")).toBe(false);
});

test("one that waits ends with the npm that has started it", async () => {
  const { parent } = await startLong();
  const code = `
    import { spawn } from "node:child_process";
    const child = spawn(process.execPath, ${JSON.stringify(installer("test", older))}, { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => process.send(child.pid));`;
  const other = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    ...inProject(),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [waiting] = await once(other, "message");
  other.kill("SIGKILL");
  await expect.poll(() => isRunning(Number(waiting)), { timeout: 10_000 }).toBe(false);
  expect([isThere("ended"), isThere(".preparing")]).toEqual([false, true]);
  parent.kill("SIGKILL");
  await expect.poll(() => [isThere("ended"), isThere(".preparing")], { timeout: 5000 }).toEqual([true, false]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each([
  ["npm is missing", { PATH: "" }, "npm could not be run: spawn npm ENOENT\n"],
  ["npm fails", { npm_config_global: "true", npm_config_loglevel: "silent" }, ""],
])("the reason of a failed installation is named: %s", (_, env, message) => {
  const { status, stderr } = spawnSync(process.execPath, installer("start", older), {
    ...inProject(env),
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain("The npm packages could not be installed:");
});
