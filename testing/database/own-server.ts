import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { processWide } from "@/lib/process/process-wide";
import { migrateDatabase } from "@/server/start/open-database";

type Options = Parameters<typeof startEmbeddedPostgres>[0];

/** A new PostgreSQL server without migrations. */
export async function startBareServer(options: Partial<Options> = {}): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-own-"));
  const settings = { fsync: "off", max_connections: "60", ...options.settings };
  const server = await startEmbeddedPostgres({ folder, ...options, settings });
  const stop = async () => {
    // The end of the test file may have ended the pool already.
    if (!processWide.pool?.ending) await processWide.pool?.end();
    processWide.pool = undefined;
    await server.stop();
    await rm(folder, { recursive: true });
  };
  return { ...server, stop };
}

/** A migrated server whose settings may be changed. The pool connects to it, and ends when it stops. */
export async function startOwnServer(): Promise<EmbeddedPostgres> {
  const server = await startBareServer();
  const { name } = await migrateDatabase(server.url, process.env.ENCRYPTION_KEYS);
  vi.stubEnv("DATABASE_URL", server.url);
  vi.stubEnv("DATABASE_ROLE", name);
  return server;
}
