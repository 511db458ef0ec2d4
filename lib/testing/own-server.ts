import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrateDatabase } from "@/lib/start/migrate-database";

/** Starts a PostgreSQL for the test file alone, whose settings may be changed. The pool will be that database's. */
export async function startOwnServer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-own-"));
  const server = await startEmbeddedPostgres({ folder, settings: { fsync: "off", max_connections: "60" } });
  afterAll(async () => {
    await globalThis.vehaasPool?.end();
    globalThis.vehaasPool = undefined;
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const { name } = await migrateDatabase(server.url, process.env.ENCRYPTION_KEYS);
  vi.stubEnv("DATABASE_URL", server.url);
  vi.stubEnv("DATABASE_ROLE", name);
  return server.url;
}
