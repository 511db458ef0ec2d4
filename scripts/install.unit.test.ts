import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  current,
  inProject,
  install,
  installer,
  lock,
  mark,
  nodeVersion,
  older,
  present,
  project,
  useNpmProject,
  version,
  writeJson,
} from "@/testing/npm/project";

useNpmProject();

test("`npm start` leaves development packages out, and `npm test` adds them beside what is there", () => {
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  const isUntouched = mark("used");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
  expect(isUntouched()).toBe(true);
});

test("`npm start` leaves Node out where the machine's is as new, and adds it where an older one runs later", () => {
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node: undefined });
  const isUntouched = mark("used");
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node: undefined });
  expect(install("start", older)).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  expect(install("start", current)).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  expect(isUntouched()).toBe(true);
});

test("the Node of another package is not the machine's", () => {
  const folder = join(project, "node_modules/other/bin");
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, join(folder, "node"));
  const { status } = spawnSync(join(folder, "node"), installer("start"), { ...inProject(), stdio: "ignore" });
  expect([status, present()]).toEqual([0, { used: "1.0.0", tool: undefined, node: nodeVersion }]);
});

test("`npm test` runs on the pinned Node on every machine", () => {
  install("start", current);
  expect(install("test", current)).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
});

test("`npm start` after `npm test` installs nothing, whatever the age of the files", () => {
  install("test");
  const marks = [mark("used"), mark("tool"), mark("node")];
  writeFileSync(join(project, "package-lock.json"), readFileSync(join(project, "package-lock.json")));
  for (const machineNode of [older, current]) {
    expect(install("start", machineNode)).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
  }
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
  expect(marks.map((isThere) => isThere())).toEqual([true, true, true]);
});

test("a changed lock file updates what is there, and keeps what a developer has", () => {
  install("start", current);
  lock("2.0.0", "1.0.0");
  expect(install("start", current)).toEqual({ used: "2.0.0", tool: undefined, node: undefined });
  install("test");
  lock("3.0.0", "2.0.0");
  expect(install("start", current)).toEqual({ used: "3.0.0", tool: "2.0.0", node: nodeVersion });
});

test("a development package that has changed is of no concern to `npm start`", () => {
  install("test");
  const isUntouched = mark("used");
  lock("1.0.0", "2.0.0");
  expect(install("start")).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "2.0.0", node: nodeVersion });
  expect(isUntouched()).toBe(true);
});

test.each([0, 100])("an installation that was interrupted is repeated: %i bytes of npm's list", (length) => {
  install("test");
  const list = join(project, "node_modules/.package-lock.json");
  const content = readFileSync(list, "utf8").slice(0, length);
  rmSync(list);
  if (content) writeFileSync(list, content);
  rmSync(join(project, "node_modules/tool"), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
});

test.each(["used", "tool", "node"])("a package whose folder has been deleted is installed again: %s", (name) => {
  install("test");
  rmSync(join(project, "node_modules", name), { recursive: true });
  expect(install("test")).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
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
  expect(install("test", older, env)).toEqual({ used: "1.0.0", tool: "1.0.0", node: nodeVersion });
});

test("an environment doesn't keep the commands of packages away", () => {
  install("start", older, { npm_config_bin_links: "false" });
  expect(existsSync(join(project, "node_modules/.bin/used"))).toBe(true);
});

test("a Node without a link to it, as npm 10.1 leaves it, gets one", () => {
  install("start");
  const link = join(project, "node_modules/.bin/node");
  rmSync(link);
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  expect(existsSync(link)).toBe(true);
});

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
