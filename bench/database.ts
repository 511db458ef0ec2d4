import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { z } from "zod";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrate } from "@/db/migrate";
import { createDatabase } from "@/testing/database/database";
import { runTask } from "./contender";

export type BenchServer = { url: string; version: string; stop: () => Promise<void> };

/** A database with a group of `tokens` tokens. `env` is the environment of the product and the tasks. */
export type BenchDatabase = { url: string; tokens: number; env: Record<string, string> } & z.output<typeof seeded>;

const seeded = z.object({
  groupId: z.string(),
  adminId: z.string(),
  organizationId: z.string(),
  secrets: z.array(z.string()),
  pipelineSecrets: z.array(z.string()),
  cursorOf500th: z.string(),
  cookie: z.string(),
});

/** A PostgreSQL server for the benchmark, started like the product's own. */
export async function startBenchServer(): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-bench-"));
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
  const [row] = await query(server.url, "show server_version");
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, version: String(row?.server_version), stop };
}

export async function makeDatabase(
  server: BenchServer,
  tokens: number,
  name = `tokens_${tokens}`,
): Promise<BenchDatabase> {
  const url = await createDatabase(server.url, name);
  const { name: role } = await migrate(url);
  const env = {
    DATABASE_URL: url,
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    ...(role ? { DATABASE_ROLE: role } : {}),
  };
  return { url, tokens, env, ...seeded.parse(await runTask("seed", { ...env, BENCH_TOKENS: String(tokens) })) };
}

/** The number of rows written to the database's tables so far. */
export async function rowsWritten({ url }: { url: string }): Promise<number> {
  const [row] = await query(url, "select sum(n_tup_ins + n_tup_upd + n_tup_del) as rows from pg_stat_user_tables");
  return Number(row?.rows);
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
