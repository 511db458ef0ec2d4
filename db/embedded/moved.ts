import { join } from "node:path";
import { EmbeddedPostgresError, exists, writeFileSafely } from "./files";

const markerOf = (folder: string) => join(folder, "moved");

/** Throws if the folder's data was moved to another PostgreSQL, where it may have changed since. */
export async function refuseMoved(folder: string): Promise<void> {
  const marker = markerOf(folder);
  if (!(await exists(marker))) return;
  throw new EmbeddedPostgresError(
    `The database in ${folder} was moved to another PostgreSQL (npm run move): set DATABASE_URL. To use this one again, as it was then, delete the file ${marker}.`,
  );
}

/** Keeps the folder's data from being opened again. */
export async function markAsMoved(folder: string): Promise<void> {
  await writeFileSafely(markerOf(folder), `${new Date().toISOString()}\n`, 0o600);
}
