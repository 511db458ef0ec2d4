// The shells that scripts/session-env.sh is tested with, and how a Debian gets those that it lacks.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./bootstrap.mjs";

/** By the command that starts a script in it. */
export const shells = {
  dash: ["dash"],
  bash: ["bash"],
  "busybox sh": ["busybox", "sh"],
  zsh: ["zsh"],
  mksh: ["mksh"],
};

const always = ["dash", "bash", "busybox"];

/** Installs what is missing where that is possible without asking anyone. Tests skip, by name, what stays missing. */
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

/** Whether its tests may be left out: never those of Debian's own shells where they could be installed. */
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
