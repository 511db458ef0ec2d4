// What `npm start` and `npm test` run before anything is installed, on the Node of the machine.
import { spawn } from "node:child_process";

/** Runs a command; true if it exits with 0. */
export async function run(command, args, env = {}) {
  return (await exitCode(start(command, args, env))) === 0;
}

/** Runs a server and returns its exit code. What stops this process also stops the server. */
export function serve(command, args) {
  const child = start(command, args, { NODE_ENV: "production" });
  // Ctrl-C reaches both processes and is forwarded too; the server ignores the second signal. Others arrive only here.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  stopWhenOrphaned(child);
  return exitCode(child);
}

/** npm ends itself and its shell on a signal, without passing it on. Only the changed parent process shows it here. */
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
