import { setTimeout } from "node:timers/promises";
import { program } from "./binaries";
import { removeOtherCopies } from "./binaries-copy";
import type { Cluster } from "./cluster";
import { EmbeddedPostgresError } from "./error";
import { freePort } from "./free-port";
import { readPostmasterFile } from "./postmaster-file";
import { run } from "./run";
import { beginLog, logFile, readLog } from "./server-log";
import { settingsFile, writeSettings } from "./settings";

const patience = 60_000;
const seconds = "300";
// Another program took the port first; or the processes of a server that was killed are about to end.
const passing = /Address already in use|could not create any TCP\/IP sockets|is still in use/;

/** Starts the server in a session of its own, so that no signal from our terminal reaches it, and returns its port. */
export async function startServer(cluster: Cluster): Promise<number> {
  await removeOtherCopies(cluster.home.path, cluster.binaries.folder);
  const deadline = Date.now() + patience;
  for (;;) {
    const { port, problem } = await tryToStart(cluster);
    if (port) return port;
    if (Date.now() > deadline || !passing.test(problem)) {
      throw new EmbeddedPostgresError(`PostgreSQL could not start in ${cluster.home.path}:\n${problem}`);
    }
    await setTimeout(500);
  }
}

/** Stops the server: what is committed is kept, open connections are closed. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { ok, output } = await pgCtl(cluster, ["stop", "-m", "fast"], true);
  if (ok || !(await readPostmasterFile(cluster.home.data))) return;
  throw new EmbeddedPostgresError(`PostgreSQL could not be stopped in ${cluster.home.path}:\n${output}`);
}

async function tryToStart(cluster: Cluster): Promise<{ port?: number; problem: string }> {
  const { path, data } = cluster.home;
  await writeSettings(cluster, await freePort());
  await beginLog(path);
  const before = (await readLog(path)).length;
  const { ok, output } = await pgCtl(cluster, ["start", "-l", logFile, "-o", `-c config_file=${settingsFile}`], false);
  const port = ok ? (await readPostmasterFile(data))?.port : undefined;
  return { port, problem: `${output}\n${(await readLog(path)).slice(before)}` };
}

// pg_ctl puts the paths that it is given into a shell command: relative ones hold nothing that a shell would read.
function pgCtl({ home, binaries }: Cluster, args: string[], detached: boolean) {
  return run(program(binaries, "pg_ctl"), [...args, "-D", "data", "-s", "-w", "-t", seconds], {
    account: home.account,
    cwd: home.path,
    detached,
  });
}
