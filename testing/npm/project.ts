import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from "vitest";
import pinned from "@/scripts/node/package.json" with { type: "json" };

export const script = pathToFileURL(resolve("scripts/install.mjs")).href;
/** A project with three packages, as archives, so that npm asks no registry: one in use, one for tests, and "Node". */
export let project: string;
export const nodeVersion = "24.21.0";
/** The oldest Node that runs the product, and one that only installs it. */
export const [current, older] = [`${majorOf(pinned.optionalDependencies)}.0.0`, "20.9.0"];

/** What each test starts with. npm takes long to lock it. */
let template: string;

/** Gives each test of a file a project of its own. */
export function useNpmProject(): void {
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
}

function majorOf(versions: Record<string, string>): string {
  const majors = new Set(Object.values(versions).map((version) => version.split(".")[0]));
  expect(majors.size).toBe(1);
  return [...majors].join();
}

/** Locks these versions of two of the packages. */
export function lock(used: string, tool: string): void {
  writeJson("package.json", {
    name: "project",
    version: "1.0.0",
    workspaces: ["scripts/node"],
    dependencies: { used: pack("used", used) },
    devDependencies: { tool: pack("tool", tool) },
  });
  mkdirSync(join(project, "scripts/node"), { recursive: true });
  const optionalDependencies = { node: pack("node", nodeVersion).replace("file:", "file:../../") };
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

export function writeJson(path: string, content: unknown): void {
  writeFileSync(join(project, path), JSON.stringify(content));
}

/** Runs the installation of `npm start` or `npm test`; the versions that are there after it. */
export function install(command: "start" | "test", machineNode = older, env: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, installer(command, machineNode), {
    ...inProject(env),
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return present();
}

/** The arguments of Node for this. Without `machineNode`, it is the Node that runs it. */
export function installer(command: "start" | "test", machineNode?: string): string[] {
  const options = JSON.stringify({ development: command === "test", machineNode });
  const code = `import { install } from ${JSON.stringify(script)}; process.exitCode = (await install(${options})) ? 0 : 1;`;
  return ["--input-type=module", "--eval", code];
}

export function inProject(env: Record<string, string> = {}) {
  return { cwd: project, env: { ...process.env, npm_config_offline: "true", ...env } };
}

export function present() {
  return { used: version("used"), tool: version("tool"), node: version("node") };
}

export function version(name: string): string | undefined {
  const file = join(project, "node_modules", name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/** A file that is gone if npm has installed the package again. */
export function mark(name: string): () => boolean {
  const file = join(project, "node_modules", name, "mark");
  writeFileSync(file, "");
  return () => existsSync(file);
}

/** npm runs this whenever it has installed. */
export function afterInstallation(script: string): void {
  const content = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  writeFileSync(join(project, "after.mjs"), script);
  writeJson("package.json", { ...content, scripts: { postinstall: "node after.mjs" } });
}

export function isThere(file: string): boolean {
  return existsSync(join(project, file));
}
