import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { onTestFinished, vi } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres";
import { readPostmasterFile } from "./running-server";

// Creating a data folder takes much longer on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Options = Parameters<typeof startEmbeddedPostgres>[0];

/** An empty folder for one test. */
export async function emptyFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "embedded-postgres-"));
}

/** Removes the folder, and stops servers that a failed test left in it. */
export async function removeFolder(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    if (path.endsWith("postmaster.pid")) await killServer(join(folder, dirname(path)));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts a server without fsync, for speed. */
export function start(options: Options): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ ...options, settings: { fsync: "off", ...options.settings } });
}

/** Starts the server from another process that leads its own process group, as one started by a shell does. */
export function startInChild(options: Options): { child: ChildProcess; url: Promise<string> } {
  const script = fileURLToPath(new URL("./start-and-wait.ts", import.meta.url));
  const args = ["--import", "tsx", script, JSON.stringify({ ...options, settings: { fsync: "off" } })];
  const cwd = dirname(script);
  const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => killGroup(child, "SIGKILL"));
  const url = once(createInterface(child.stdout), "line").then(([line]) => String(line));
  return { child, url };
}

/** Signals the child's process group, as Ctrl-C does, and waits for the end. */
export async function killGroup(child: ChildProcess, signal: "SIGKILL" | "SIGINT"): Promise<void> {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  process.kill(-child.pid, signal);
  await exited;
}

export async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

/** The server processes of its users. A killed user disappears only after a moment. */
export async function usersOf(url: string): Promise<unknown[]> {
  return (await query(url, "select pid from pg_locks where locktype = 'advisory'")).flat();
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(20);
}

export async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

export async function serverPid(data: string): Promise<number> {
  const file = await readPostmasterFile(data);
  if (!file) throw new Error(`No server runs on ${data}.`);
  return file.pid;
}

async function killServer(data: string) {
  try {
    process.kill(await serverPid(data), "SIGQUIT");
  } catch {}
}
