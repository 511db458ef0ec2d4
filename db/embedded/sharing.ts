import { chmod } from "node:fs/promises";
import { Socket } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { EmbeddedPostgresError, hasCode } from "./files";

const timeout = 5 * 60_000;

/**
 * Runs `work` while no other call or process holds the same lock. Node has no flock; SQLite's lock on a file is the
 * operating system's and ends with its process, so that no stale lock can remain. Nothing is written to the file.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // Only SQLite may open the file: closing it anywhere in this process drops the process's locks on it (POSIX).
  const database = new DatabaseSync(file);
  try {
    await chmod(file, 0o600);
    await acquire(database, file);
    return await work();
  } finally {
    database.close();
  }
}

async function acquire(database: DatabaseSync, file: string) {
  const deadline = Date.now() + timeout;
  while (!tryToAcquire(database)) {
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(`Another process has been starting or stopping the database too long (${file}).`);
    }
    await setTimeout(25);
  }
}

function tryToAcquire(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && error.message === "database is locked") return false;
    throw error;
  }
}

type Address = { port: number; password: string };

/**
 * A user of the server. `leave` returns whether it was the last, and has to be called after `stopWatching`, which waits
 * for a revival that has begun. After `isAlone` was true, other processes wait until it has left.
 */
export type User = { stopWatching(): Promise<void>; isAlone(): Promise<boolean>; leave(): Promise<boolean> };

// An arbitrary key that no other advisory lock in the database postgres uses.
const lock = "7237123482330964112";

/** Milliseconds for the attempts to connect again. */
const longestLoss = 2 * 60_000;

type Loss = {
  /** Called before each attempt to connect again. */
  revive: () => Promise<void>;
  /** Called if that fails for a reason that does not pass, or for too long. */
  onLoss: (problem: EmbeddedPostgresError) => void;
};

/** Joins the server's users. Each holds a shared advisory lock, which ends with its connection. */
export async function joinUsers(address: Address, { revive, onLoss }: Loss): Promise<User> {
  const leaving = new AbortController();
  let holdingAgain: Promise<void> | undefined;
  let connection = await hold();

  async function hold() {
    const made = await connect(address);
    await made.client.query("select pg_advisory_lock_shared($1)", [lock]);
    made.client.once("end", () => {
      holdingAgain = holdAgain();
    });
    // The connection must not keep the process alive.
    made.socket.unref();
    return made;
  }

  // If one of the server's processes is killed, the server drops all connections and goes on. If it was the first one,
  // the server is gone.
  async function holdAgain() {
    const lostAt = performance.now();
    while (!leaving.signal.aborted) {
      try {
        await setTimeout(500, undefined, { ref: false, signal: leaving.signal });
        await revive();
        connection = await hold();
        return;
      } catch (error) {
        if (leaving.signal.aborted || (isPassing(error) && performance.now() - lostAt < longestLoss)) continue;
        onLoss(asProblem(error));
      }
    }
  }

  return {
    async stopWatching() {
      leaving.abort();
      await holdingAgain;
    },
    isAlone() {
      connection.socket.ref();
      return giveUp(connection.client);
    },
    async leave() {
      connection.socket.ref();
      const isLast = await giveUp(connection.client);
      await connection.client.end();
      return isLast;
    },
  };
}

function asProblem(error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  return new EmbeddedPostgresError(`PostgreSQL ended: ${error instanceof Error ? error.message : error}`);
}

/** Whether joining failed because the server is starting, stopping or full. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, "57P01", "57P02", "57P03", "53300", "ECONNREFUSED", "ECONNRESET") || isCutOff(error);
}

// The driver's error has no code.
function isCutOff(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Connection terminated");
}

// Without a connection we can't check for other users, so the server stays running for them.
async function giveUp(client: Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_shared($1)", [lock]);
    const { rows } = await client.query("select pg_try_advisory_lock($1) as last", [lock]);
    return rows[0]?.last === true;
  } catch {
    return false;
  }
}

// Every option is set, so that no PG… environment variable applies.
async function connect({ port, password }: Address) {
  const socket = new Socket();
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password,
    database: "postgres",
    ssl: false,
    options: "-c statement_timeout=0 -c idle_session_timeout=0",
    application_name: "keeps the embedded server running",
    stream: () => socket,
  });
  client.on("error", () => {});
  await client.connect();
  return { client, socket };
}
