import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";

const script = pathToFileURL(resolve("scripts/build.mjs")).href;
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "vehaas-build-"));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  mkdirSync(join(project, "app"));
  write("app/page.tsx", "one");
});

function write(file: string, content: string): void {
  writeFileSync(join(project, file), content);
}

/** Whether this start builds, with a build that empties and fills the folders as Next's and ours do. */
function builds(): boolean {
  const code = `
    import { mkdirSync, rmSync, writeFileSync } from "node:fs";
    import { buildIfStale } from ${JSON.stringify(script)};
    process.exitCode = await buildIfStale(async () => {
      rmSync(".next", { recursive: true, force: true });
      for (const folder of [".next", "dist"]) mkdirSync(folder, { recursive: true });
      writeFileSync("dist/server.js", "");
      writeFileSync("has-built", "");
      return true;
    }) ? 0 : 1;`;
  rmSync(join(project, "has-built"), { force: true });
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: project,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return existsSync(join(project, "has-built"));
}

test("a start builds what has changed, and only that", () => {
  expect([builds(), builds()]).toEqual([true, false]);
  write("app/page.tsx", "two");
  expect([builds(), builds()]).toEqual([true, false]);
});

test("a start builds after another build of the same sources was interrupted", () => {
  builds();
  // Next has emptied its folder.
  rmSync(join(project, ".next"), { recursive: true });
  mkdirSync(join(project, ".next"));
  expect(builds()).toBe(true);
});

test.each([".next", "dist"])("a start builds what has been deleted: %s", (folder) => {
  builds();
  rmSync(join(project, folder), { recursive: true });
  expect([builds(), builds()]).toEqual([true, false]);
});
