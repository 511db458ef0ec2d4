import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPostmasterFile } from "@/db/embedded/running-server";

/** A folder for a server's DATA_DIR. */
export async function makeDataFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-embedded-"));
  await chmod(folder, 0o711);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Kills the PostgreSQL of the folder, as the system does when it lacks memory. */
export async function endPostgres(folder: string): Promise<void> {
  const file = await readPostmasterFile(dataOf(folder));
  if (!file) throw new Error(`no PostgreSQL runs in ${folder}`);
  process.kill(file.pid, "SIGKILL");
}

/** The same, after damage that keeps it from starting. */
export async function breakAndEndPostgres(folder: string): Promise<void> {
  const control = join(dataOf(folder), "global", "pg_control");
  await rename(control, `${control}.away`);
  await endPostgres(folder);
}

function dataOf(folder: string): string {
  return join(folder, "postgres", "data");
}
