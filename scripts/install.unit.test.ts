import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";

const script = pathToFileURL(resolve("scripts/install.mjs")).href;
/** A project that uses one package and has another one for its tests, both as archives, so that npm asks no registry. */
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "vehaas-install-"));
  const folder = project;
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  lock("1.0.0", "1.0.0");
});

/** Locks these versions of the two packages. */
function lock(used: string, tool: string): void {
  const dependencies = { used: pack("used", used) };
  writeJson("package.json", {
    name: "project",
    version: "1.0.0",
    dependencies,
    devDependencies: { tool: pack("tool", tool) },
  });
  rmSync(join(project, "package-lock.json"), { force: true });
  // npm would lock what is installed.
  const [modules, away] = [join(project, "node_modules"), join(project, "away")];
  if (existsSync(modules)) renameSync(modules, away);
  execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--offline"], { cwd: project });
  if (existsSync(away)) renameSync(away, modules);
}

function pack(name: string, version: string): string {
  mkdirSync(join(project, "sources", name), { recursive: true });
  writeJson(`sources/${name}/package.json`, { name, version });
  execFileSync("npm", ["pack", "--silent", `./sources/${name}`], { cwd: project });
  return `file:${name}-${version}.tgz`;
}

function writeJson(path: string, content: unknown): void {
  writeFileSync(join(project, path), JSON.stringify(content));
}

/** Runs the installation of `npm start` or `npm test`; the versions that are there after it. */
function install(command: "start" | "test", env: Record<string, string> = {}) {
  const code = `import { install } from ${JSON.stringify(script)};
    process.exitCode = (await install({ development: ${command === "test"} })) ? 0 : 1;`;
  const { status, stderr } = spawnSync("node", ["--input-type=module", "--eval", code], {
    cwd: project,
    env: { ...process.env, npm_config_offline: "true", ...env },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return versions();
}

function versions() {
  return { used: version("used"), tool: version("tool") };
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

test("`npm start` leaves development packages out, and `npm test` adds them beside what is there", () => {
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined });
  const isUntouched = mark("used");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0" });
  expect(isUntouched()).toBe(true);
});

test("`npm start` after `npm test` installs nothing, whatever the age of the files", () => {
  install("test");
  const marks = [mark("used"), mark("tool")];
  writeFileSync(join(project, "package-lock.json"), readFileSync(join(project, "package-lock.json")));
  expect(install("start")).toEqual({ used: "1.0.0", tool: "1.0.0" });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0" });
  expect(marks.map((isThere) => isThere())).toEqual([true, true]);
});

test("a changed lock file updates what is there, and keeps development packages", () => {
  install("start");
  lock("2.0.0", "1.0.0");
  expect(install("start")).toEqual({ used: "2.0.0", tool: undefined });
  install("test");
  lock("3.0.0", "2.0.0");
  expect(install("start")).toEqual({ used: "3.0.0", tool: "2.0.0" });
});

test("a development package that has changed is of no concern to `npm start`", () => {
  install("test");
  const isUntouched = mark("used");
  lock("1.0.0", "2.0.0");
  expect(install("start")).toEqual({ used: "1.0.0", tool: "1.0.0" });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "2.0.0" });
  expect(isUntouched()).toBe(true);
});

test("an installation that was interrupted is repeated", () => {
  install("test");
  rmSync(join(project, "node_modules/.package-lock.json"));
  rmSync(join(project, "node_modules/tool"), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0" });
});

test.each(["used", "tool"])("a package whose folder has been deleted is installed again: %s", (name) => {
  install("test");
  rmSync(join(project, "node_modules", name), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0" });
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

test("an environment for production doesn't keep the tests' packages away", () => {
  expect(install("test", { NODE_ENV: "production" })).toEqual({ used: "1.0.0", tool: "1.0.0" });
});
