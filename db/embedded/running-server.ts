import { existsSync } from "node:fs";
import { readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EmbeddedPostgresError, hasCode } from "./files";
import type { Home } from "./home";
import { run } from "./run";

/** The contents of postmaster.pid (PostgreSQL's miscadmin.h: LOCK_FILE_LINE_…). */
type PostmasterFile = { pid: number; port: number; ready: boolean };

function postmasterFilePath(data: string): string {
  return join(data, "postmaster.pid");
}

export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  try {
    const lines = (await readFile(postmasterFilePath(data), "utf8")).split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

const timeout = 60_000;

/**
 * The port of the server that already runs on the data, once it is ready; undefined if none does. Removes a dead
 * server's file, even if its process id now belongs to another process.
 */
export async function runningPort(home: Home): Promise<number | undefined> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const file = await readPostmasterFile(home.data);
    if (!file) return undefined;
    if (!(await isServerOn(home, file.pid))) {
      await rm(postmasterFilePath(home.data), { force: true });
      return undefined;
    }
    if (file.ready) return file.port;
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(`The database server with the process id ${file.pid} has not become ready.`);
    }
    await setTimeout(50);
  }
}

// A server's working directory is its data folder. Checked as its account: root in a container may lack the right.
async function isServerOn({ data, account }: Home, pid: number): Promise<boolean> {
  if (existsSync("/proc/self/cwd")) {
    const { ok, output } = await run("readlink", [`/proc/${pid}/cwd`], { account });
    return ok && output === (await realpath(data));
  }
  const { output } =
    process.platform === "win32"
      ? await run("tasklist", ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"])
      : await run("ps", ["-p", String(pid), "-o", "comm="]);
  return /postgres/i.test(output);
}
