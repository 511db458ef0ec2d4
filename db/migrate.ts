import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { SettingsError } from "@/lib/env";
import { applicationRole } from "./application-role";

const lock = 7_316_401;

/**
 * Brings the database up to date. Any number of instances may do so at once: an advisory lock lets one go first.
 * Answers the role that the application is to use, or undefined where the given one may not create it.
 */
export async function migrate(databaseUrl: string, migrationsFolder = "db/migrations"): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: "vehaas-migrate" });
  await connect(client);
  try {
    await assertVersion(client);
    await client.query("select pg_advisory_lock($1)", [lock]);
    await applyMigrations(drizzle({ client }), { migrationsFolder });
    return await applicationRole(client);
  } finally {
    await client.end();
  }
}

async function connect(client: Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : "no answer";
    throw new SettingsError([`DATABASE_URL names a database that can't be used: ${reason}`]);
  }
}

async function assertVersion(client: Client): Promise<void> {
  const { rows } = await client.query("select current_setting('server_version_num')::int as number");
  if (rows[0].number >= 150_000) return;
  throw new SettingsError(["DATABASE_URL names a PostgreSQL older than 15, which this version does not work with."]);
}
