import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const installed = "node_modules/.package-lock.json";

/** Installs the locked packages where they are missing or old; true where they are there. */
export async function install() {
  const current = existsSync(installed) && statSync(installed).mtimeMs >= statSync("package-lock.json").mtimeMs;
  return current || (await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]));
}

/** Runs a command to its end; true where it exited with 0. */
export async function run(command, args, env = {}) {
  return (await exitCode(start(command, args, env))) === 0;
}

/** Runs a server: what stops this process stops the server, which is waited for. Answers its exit code. */
export function serve(command, args) {
  const child = start(command, args, { NODE_ENV: "production" });
  // The terminal sends Ctrl-C to both; a signal to this process alone is handed on. The server minds only the first.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  stopWhenOrphaned(child);
  return exitCode(child);
}

/** A signal to npm ends npm and its shell, and reaches nobody below: being left by the shell is all that is seen of it. */
function stopWhenOrphaned(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, 250);
  timer.unref();
}

function start(command, args, env) {
  return spawn(command, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
  });
}

function exitCode(child) {
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
