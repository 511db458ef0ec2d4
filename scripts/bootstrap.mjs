// What `npm start` and `npm test` run before anything is installed, on the Node of the machine.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const isWindows = process.platform === "win32";
/** npm ends itself and its shell on a signal, without passing it on. Only the changed parent process shows it here. */
const parent = process.ppid;

/** Whether the npm that has started this process has ended. */
export const isOrphaned = () => process.ppid !== parent;

/**
 * Runs a command; true if it exits with 0. What stops this process stops the command, with everything that it has started,
 * and then ends this process.
 */
export async function run(command, args, env = {}) {
  // A process group of its own, since a signal must also reach what npm has started.
  const child = start(command, args, env, { detached: !isWindows });
  let stoppedBy;
  const code = await exitCode(command, child, (signal) => {
    // npm takes seconds to undo an installation.
    if (!stoppedBy) console.info("Stopping …");
    stoppedBy ??= signal;
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  });
  if (stoppedBy) process.exit(128 + constants.signals[stoppedBy]);
  return code === 0;
}

/** Runs a server and returns its exit code. What stops this process also stops the server. */
export function serve(command, args) {
  const child = start(command, args, { NODE_ENV: "production" });
  // Ctrl-C reaches both processes and is forwarded too; the server ignores the second signal. Others arrive only here.
  return exitCode(command, child, (signal) => child.kill(signal));
}

function start(command, args, env, options = {}) {
  return spawn(command, args, {
    stdio: "inherit",
    shell: isWindows,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    ...options,
  });
}

function exitCode(command, child, stop) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
  for (const signal of signals) process.on(signal, stop);
  const orphaned = setInterval(() => {
    if (!isOrphaned()) return;
    clearInterval(orphaned);
    stop("SIGTERM");
  }, 250);
  return new Promise((resolve) => {
    const end = (code) => {
      clearInterval(orphaned);
      for (const signal of signals) process.off(signal, stop);
      resolve(code);
    };
    child.on("error", ({ message }) => {
      console.error(`${command} could not be run: ${message}`);
      end(1);
    });
    child.on("exit", (code, signal) => {
      // Often the system has too little memory.
      if (signal === "SIGKILL") console.error(`${command} was killed.`);
      end(code ?? 1);
    });
  });
}
