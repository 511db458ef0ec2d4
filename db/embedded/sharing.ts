import { chmod } from "node:fs/promises";
import { Socket } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { EmbeddedPostgresError, hasCode } from "./files";

const timeout = 5 * 60_000;

/**
 * Runs `work` while no other process, and no other call in this one, is inside the same lock.
 * Node has no flock. SQLite's lock on a file is the operating system's own: it ends with the process that holds it,
 * however that dies, so there is no stale lock to guess about. Nothing is ever written to the file.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // Only SQLite may open the file: whoever in this process opens and closes it drops the process's locks on it (POSIX).
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

/** One of those who use the server; `leave` tells whether it was the last. */
export type User = { leave(): Promise<boolean> };

// Any number that nobody else takes for an advisory lock in the database postgres.
const lock = "7237123482330964112";

/** Joins those who use the server: each holds a shared advisory lock, which a killed process loses with its connection. */
export async function joinUsers(address: Address): Promise<User> {
  let left = false;
  let connection = await hold();

  async function hold() {
    const made = await connect(address);
    await made.client.query("select pg_advisory_lock_shared($1)", [lock]);
    made.client.once("end", () => void holdAgain());
    // An app that ends without leaving isn't kept from ending.
    made.socket.unref();
    return made;
  }

  // The server drops all connections when one of its processes is killed, and goes on.
  async function holdAgain() {
    while (!left) {
      await setTimeout(500, undefined, { ref: false });
      try {
        connection = await hold();
        return;
      } catch {}
    }
  }

  return {
    async leave() {
      left = true;
      connection.socket.ref();
      const isLast = await giveUp(connection.client);
      await connection.client.end();
      return isLast;
    },
  };
}

/** Whether joining failed because the server is about to stop, or to be ready. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, "57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET") || isCutOff(error);
}

// The driver gives this one no code.
function isCutOff(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Connection terminated");
}

// A connection that is gone holds nothing, and whether others hold something can't be asked: leave the server to them.
async function giveUp(client: Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_shared($1)", [lock]);
    const { rows } = await client.query("select pg_try_advisory_lock($1) as last", [lock]);
    return rows[0]?.last === true;
  } catch {
    return false;
  }
}

// Everything is given here, so that no PG… variable of the environment counts.
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
