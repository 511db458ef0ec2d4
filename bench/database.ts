import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrate } from "@/db/migrate";

export type BenchServer = { url: string; version: string; stop: () => Promise<void> };

/** A PostgreSQL of the benchmark's own, as the product would start it. Sets the environment that the product reads. */
export async function startBenchServer(): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-bench-"));
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
  Object.assign(process.env, {
    DATABASE_URL: server.url,
    DATABASE_ROLE: await migrate(server.url),
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
  });
  const version = await withClient(server.url, async (client) => (await client.query("show server_version")).rows[0]);
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, version: version.server_version, stop };
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
