import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { usableBinaries } from "./binaries";
import { EmbeddedPostgresError, removeDrafts } from "./files";
import { findHome, isInitialised, prepareFolder } from "./home";
import type { Cluster } from "./initialise";
import { checkVersion, initialise, readOrMakePassword } from "./initialise";
import { refuseMoved } from "./moved";
import { startServer, stopServer } from "./pg-ctl";
import { runningPort } from "./running-server";
import { isPassing, joinUsers, type User, withLock } from "./sharing";

const timeout = 60_000;
const usualElsewhere = "/var/lib/vehaas-access-tokens";

/** `url` is the superuser's, on 127.0.0.1. */
export type EmbeddedPostgres = { url: string; stop(): Promise<void> };

type Options = {
  /** The folder of the server's files. */
  folder: string;
  /** A folder with bin/initdb, bin/pg_ctl and bin/postgres; by default the npm package's. */
  binaries?: string;
  /** PostgreSQL settings, used only if the server isn't running yet. */
  settings?: Record<string, string>;
  /** Used instead if root starts the app and no other account can enter `folder`, which then records the place. */
  elsewhere?: string;
  report?: (line: string) => void;
  /** Called after the server ended by itself, such as by a lack of memory: once it runs again, or can't. */
  onRestart?: (() => void) | undefined;
  onLoss?: ((problem: EmbeddedPostgresError) => void) | undefined;
};

/**
 * Starts PostgreSQL on the folder, or joins the server that already runs there. `stop` stops the server after its last
 * user. Throws EmbeddedPostgresError if the person who starts the app has to do something.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const folder = await prepareFolder(options.folder);
  const lock = join(folder, "lock");
  const restart: Restart = (cluster, port) => withLock(lock, () => revive(cluster, port, options));
  const { cluster, port, user } = await withLock(lock, () => open(folder, options, restart));
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(cluster, port),
    stop: () => {
      stopped ??= user.stopWatching().then(() => withLock(lock, () => leave(cluster, user)));
      return stopped;
    },
  };
}

/** Whether the folder has a server's files, which a start would use. */
export function hasEmbeddedPostgres(folder: string): Promise<boolean> {
  return isInitialised(folder, usualElsewhere);
}

/**
 * Runs the work with the server's URL while no other process uses the server, or can start to: those wait. Throws
 * EmbeddedPostgresError if one uses it.
 */
export async function withoutOtherUsers<T>(options: Options, work: (url: string) => Promise<T>): Promise<T> {
  const folder = await prepareFolder(options.folder);
  return withLock(join(folder, "lock"), async () => {
    const { cluster, port, user } = await open(folder, options, refuseRestart);
    try {
      if (await user.isAlone()) return await work(urlOf(cluster, port));
      throw new EmbeddedPostgresError(`The database in ${folder} is in use: stop the service first.`);
    } finally {
      await user.stopWatching();
      await leave(cluster, user);
    }
  });
}

async function refuseRestart(): Promise<void> {
  throw new EmbeddedPostgresError("PostgreSQL ended.");
}

function urlOf({ password }: Cluster, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** Called when the server is gone although it has users. */
type Restart = (cluster: Cluster, port: number) => Promise<void>;

/** Starts the server again if it is gone. It has to get the port that its users know. */
async function revive(cluster: Cluster, port: number, { onRestart }: Options): Promise<void> {
  const running = await runningPort(cluster.home);
  const found = running ?? (await startServer(cluster));
  if (found !== port) {
    throw new EmbeddedPostgresError(`PostgreSQL ended, and port ${port} was taken before it could start again.`);
  }
  if (!running) onRestart?.();
}

async function open(folder: string, options: Options, restart: Restart) {
  await refuseMoved(folder);
  const cluster = await prepareCluster(folder, options);
  const deadline = Date.now() + timeout;
  for (;;) {
    const running = await runningPort(cluster.home);
    const port = running ?? (await startServer(cluster));
    try {
      const loss = {
        revive: () => restart(cluster, port),
        onLoss: (problem: EmbeddedPostgresError) => options.onLoss?.(problem),
      };
      return { cluster, port, user: await joinUsers({ port, password: cluster.password }, loss) };
    } catch (error) {
      // The server may be stopping or restarting after a crash, so check again what runs.
      if (!isPassing(error) || Date.now() > deadline) {
        if (!running) await stopServer(cluster);
        throw error;
      }
    }
    await setTimeout(100);
  }
}

async function prepareCluster(folder: string, options: Options): Promise<Cluster> {
  const home = await findHome(folder, options.elsewhere ?? usualElsewhere);
  await Promise.all([...new Set([folder, home.path])].map(removeDrafts));
  const password = await readOrMakePassword(join(folder, "password"), home.initialised);
  const binaries = await usableBinaries(home, options.binaries);
  const cluster = { home, binaries, password, settings: options.settings ?? {} };
  if (!home.initialised) {
    options.report?.(`Setting up PostgreSQL ${binaries.version} in ${home.path}`);
    await initialise(cluster);
  }
  await checkVersion(cluster);
  return cluster;
}

async function leave(cluster: Cluster, user: User) {
  if (await user.leave()) await stopServer(cluster);
}
