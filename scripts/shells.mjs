// The shells for the tests of scripts/session-env.sh, and their installation on Debian.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./bootstrap.mjs";

/** Each shell's command line to start a script. */
export const shells = {
  dash: ["dash"],
  bash: ["bash"],
  "busybox sh": ["busybox", "sh"],
  zsh: ["zsh"],
  mksh: ["mksh"],
};

const always = ["dash", "bash", "busybox"];

/** Installs missing shells as root on Debian, which needs no confirmation. Shells that stay missing skip their tests by name. */
export async function installShells() {
  const missing = [...Object.values(shells).map(([command]) => command), "curl"].filter((name) => !isInstalled(name));
  if (missing.length === 0 || !isRootOnDebian()) return;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], env);
  for (const name of missing) await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], env);
}

/** Whether the command is on this machine. */
export function isInstalled(command) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => isExecutable(join(folder, command)));
}

/** Whether the shell's tests may be skipped. Debian's standard shells must be tested where they can be installed. */
export function mayBeSkipped(command) {
  return !isInstalled(command) && !(isRootOnDebian() && always.includes(command));
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
