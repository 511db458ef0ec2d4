import { chmod } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { EmbeddedPostgresError } from "./error";

const patience = 5 * 60_000;

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
  const deadline = Date.now() + patience;
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
