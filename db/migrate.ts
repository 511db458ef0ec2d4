import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { Client } from "pg";
import { SettingsError } from "@/lib/env";
import { applicationRole } from "./application-role";
import type { Tx } from "./client";
import * as schema from "./schema";

/** Runs in the migrations' transaction. `isChainNew` where the tables of the audit log's chain were made in it. */
export type AfterMigrations = (tx: Tx, isChainNew: boolean) => Promise<void>;

const lock = 7_316_401;

/**
 * Brings the database up to date. Any number of instances may do so at once: an advisory lock lets one go first.
 * Answers the role that the application is to use, or undefined where the given one may not create it.
 */
export async function migrate(databaseUrl: string, afterwards?: AfterMigrations): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl, application_name: "vehaas-migrate" });
  await connect(client);
  try {
    await assertVersion(client);
    await client.query("select pg_advisory_lock($1)", [lock]);
    await drizzle({ client, schema, casing: "snake_case" }).transaction(async (tx) => {
      const hadChain = await hasChain(tx);
      await applyMigrations(tx);
      await afterwards?.(tx, !hadChain && (await hasChain(tx)));
    });
    return await applicationRole(client);
  } finally {
    await client.end();
  }
}

/** As Drizzle's own migrator does it, and with its table; but that one can't be part of a transaction. */
async function applyMigrations(tx: Tx): Promise<void> {
  await tx.execute(sql`create schema if not exists drizzle`);
  await tx.execute(sql`create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`);
  const { rows } = await tx.execute<{ last: string | null }>(
    sql`select max(created_at) as last from drizzle.__drizzle_migrations`,
  );
  const last = Number(rows[0]?.last ?? 0);
  for (const migration of readMigrationFiles({ migrationsFolder: "db/migrations" })) {
    if (migration.folderMillis <= last) continue;
    for (const statement of migration.sql) await tx.execute(sql.raw(statement));
    await tx.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      values (${migration.hash}, ${migration.folderMillis})`);
  }
}

async function hasChain(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute<{ has: boolean }>(sql`select to_regclass('audit_chain') is not null as has`);
  return rows[0]?.has ?? false;
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
