import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  afterInstallation,
  inProject,
  install,
  installer,
  isThere,
  nodeVersion,
  older,
  present,
  project,
  script,
  useNpmProject,
} from "@/testing/npm/project";

useNpmProject();

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
  expect(present()).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
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
    const child = spawn(process.execPath, ${JSON.stringify(installer("start", older))}, { stdio: ["ignore", "pipe", "ignore"] });
    child.on("spawn", () => process.send(child.pid));
    child.stdout.on("data", (text) => String(text).includes("Stopping") && process.send("stopping"));
    child.on("exit", (code) => process.exit(code ?? 1));`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    ...inProject(),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [installing] = await once(parent, "message");
  await expect.poll(() => isThere("running"), { timeout: 15_000 }).toBe(true);
  return { parent, installing: Number(installing) };
}

test.each<[NodeJS.Signals[], number]>([
  [["SIGTERM"], 128 + 15],
  [["SIGQUIT"], 128 + 3],
  // npm ends between the two, and its end counts as a second one.
  [["SIGINT", "SIGTERM"], 128 + 2],
])("signals end an installation with all that npm has started, and the next one begins: %j", async (signals, code) => {
  const { parent, installing } = await startLong();
  const [ended, stopping] = [once(parent, "exit"), once(parent, "message")];
  for (const [place, signal] of signals.entries()) {
    // Of two that arrive at the same time, either may be the first.
    if (place > 0) await stopping;
    if (isRunning(installing)) process.kill(installing, signal);
  }
  expect((await ended)[0]).toBe(code);
  expect(isThere(".preparing")).toBe(false);
  await expect.poll(() => isThere("ended"), { timeout: 5000 }).toBe(true);
  afterInstallation("");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
});

test("an installation ends with the npm that has started it", async () => {
  const { parent } = await startLong();
  parent.kill("SIGKILL");
  await expect.poll(() => [isThere("ended"), isThere(".preparing")], { timeout: 5000 }).toEqual([true, false]);
});

test("an installation whose process was killed keeps no later one from installing", () => {
  writeFileSync(join(project, ".preparing"), "");
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
  expect(isThere(".preparing")).toBe(false);
});

test("a lock that can't be deleted keeps nobody from installing", () => {
  mkdirSync(join(project, ".preparing"));
  expect(install("start")).toEqual({ used: "1.0.0", tool: undefined, node: nodeVersion });
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
