import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Account } from "@/db/embedded/account";

/** Where the programs keep their files, and the account that runs those that refuse root. */
export type Place = { folder: string; account: Account | undefined };

type Options = { folder: string; cwd?: string; account?: Account | undefined; env?: Record<string, string> };

/** A program of ours. Its output is in `<name>.log` of the folder. `ended` is its exit code; null after a signal. */
export type Program = { pid: number; isRunning: () => boolean; ended: Promise<number | null> };

export function startProgram(name: string, [command = "", ...args]: string[], options: Options): Program {
  const { folder, cwd = folder, account, env } = options;
  const log = openSync(join(folder, `${name}.log`), "a");
  const child = spawn(command, args, {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd,
    // Ctrl-C reaches this process alone, which then ends the others.
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH, HOME: folder, LC_ALL: "C.UTF-8", NODE_ENV: "production", ...env },
  });
  if (child.pid === undefined) throw new Error(`${command} can't be started`);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return { pid: child.pid, isRunning, ended: once(child, "exit").then(([code]) => code) };
}

/** Sends the signal to each of the processes that is still there. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {}
  }
}

export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** The name of the program that the process runs; empty if there is no such process. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** The fourth field of /proc/<pid>/stat. The second one, the name in brackets, may contain spaces. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/** Waits until the condition holds. Errors mean that it does not hold yet. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    if (await condition().catch(() => false)) return;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} seconds`);
    await setTimeout(250);
  }
}

/** The status of a GET request; 0 without an answer. */
export async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status;
  } catch {
    return 0;
  }
}
