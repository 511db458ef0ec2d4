import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const installed = "node_modules/.package-lock.json";

/** Runs a command to its end; true where it exited with 0. Installs the locked packages first where they are missing or old. */
export async function run(command, args) {
  if (!isInstalled() && !(await spawned("npm", ["ci", "--no-audit", "--no-fund"]))) return false;
  return spawned(command, args);
}

function isInstalled() {
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync("package-lock.json").mtimeMs;
}

function spawned(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", shell: process.platform === "win32" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}
