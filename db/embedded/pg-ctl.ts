import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { program, removeOtherCopies } from "./binaries";
import { EmbeddedPostgresError, hasCode, writeFileSafely } from "./files";
import type { Cluster } from "./initialise";
import { run } from "./run";
import { readPostmasterFile, runningPort } from "./running-server";

const settingsFile = "server.conf";

/**
 * Writes the server's settings file. It is next to the data folder, not in it: root must not write where the account
 * that runs the server could have placed a link.
 */
async function writeSettings({ home, settings }: Cluster, port: number): Promise<void> {
  const all = { ...ours, ...settings, port: String(port) };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  const content = ["include 'data/postgresql.conf'", ...lines, ""].join("\n");
  await writeFileSafely(join(home.path, settingsFile), content, home.account ? 0o644 : 0o600);
}

/** The server's last port, if it is free: then processes that have its address can go on. */
async function lastPort({ home }: Cluster): Promise<number | undefined> {
  const content = await readFile(join(home.path, settingsFile), "utf8").catch(() => "");
  const port = Number(/^port = '(\d+)'$/m.exec(content)?.[1]);
  return port && (await isFree(port)) ? port : undefined;
}

async function isFree(port: number): Promise<boolean> {
  try {
    return (await bind(port)) === port;
  } catch {
    return false;
  }
}

const ours = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
};

// Relative to the home. In the data folder, since the account that runs the server writes it.
const logFile = "data/server.log";

const limit = 10 * 1024 * 1024;

/** Starts a new log if the last one is large. */
async function beginLog(home: string): Promise<void> {
  if ((await readLog(home)).length > limit) await rm(join(home, logFile), { force: true });
}

async function readLog(home: string): Promise<string> {
  try {
    return await readFile(join(home, logFile), "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}

/** A port of 127.0.0.1 that is free now. Another program may bind it before the server does. */
export function freePort(): Promise<number> {
  return bind(0);
}

async function bind(port: number): Promise<number> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("A TCP server has an address with a port.");
  return address.port;
}

const timeout = 60_000;
const seconds = "300";
// Another program bound the port first, or a killed server's processes are still ending.
const passing = /Address already in use|could not create any TCP\/IP sockets|is still in use/;

/** Starts the server in its own session, so that it gets no signal from our terminal. Returns its port. */
export async function startServer(cluster: Cluster): Promise<number> {
  await removeOtherCopies(cluster.home.path, cluster.binaries.folder);
  const deadline = Date.now() + timeout;
  for (;;) {
    const { port, problem } = await tryToStart(cluster);
    if (port) return port;
    if (Date.now() > deadline || !passing.test(problem)) {
      throw new EmbeddedPostgresError(`PostgreSQL could not start in ${cluster.home.path}:\n${problem}`);
    }
    await setTimeout(500);
  }
}

/** Stops the server: committed data is kept, open connections are closed. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { ok, output } = await pgCtl(cluster, ["stop", "-m", "fast"], true);
  // A server that was killed leaves its file, and its connections end a moment later.
  if (ok || (await runningPort(cluster.home)) === undefined) return;
  throw new EmbeddedPostgresError(`PostgreSQL could not be stopped in ${cluster.home.path}:\n${output}`);
}

async function tryToStart(cluster: Cluster): Promise<{ port?: number; problem: string }> {
  const { path, data } = cluster.home;
  await writeSettings(cluster, (await lastPort(cluster)) ?? (await freePort()));
  await beginLog(path);
  const before = (await readLog(path)).length;
  const { ok, output } = await pgCtl(cluster, ["start", "-l", logFile, "-o", `-c config_file=${settingsFile}`], false);
  const port = ok ? (await readPostmasterFile(data))?.port : undefined;
  return { port, problem: `${output}\n${(await readLog(path)).slice(before)}` };
}

// pg_ctl puts paths into a shell command: relative ones contain nothing that a shell interprets.
function pgCtl({ home, binaries }: Cluster, args: string[], detached: boolean) {
  return run(program(binaries, "pg_ctl"), [...args, "-D", "data", "-s", "-w", "-t", seconds], {
    account: home.account,
    cwd: home.path,
    detached,
  });
}
