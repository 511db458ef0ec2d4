import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { applicationRole } from "./application-role";

const lock = 7_316_401;

/**
 * Brings the database up to date. Any number of instances may do so at once: an advisory lock lets one go first.
 * Answers the role that the application is to use, or undefined where the given one may not create it.
 */
export async function migrate(databaseUrl: string, migrationsFolder = "db/migrations"): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: "vehaas-migrate" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lock]);
    await applyMigrations(drizzle({ client }), { migrationsFolder });
    return await applicationRole(client);
  } finally {
    await client.end();
  }
}
