import { sql } from "drizzle-orm";
import type { MigrationMeta } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { SettingsError } from "@/lib/env";
import { applicationRole, type Grantee, grantTables } from "./application-role";
import type { Tx } from "./client";
import { excludeOlderInstances, requireNoOlderInstances, requireServable } from "./older-instances";
import { pendingMigrations } from "./pending-migrations";
import * as schema from "./schema";
import { type AddressSetting, asRefusal, openSession } from "./session/open-session";
import type { SessionClient } from "./session/session";

/** Runs in the migrations' transaction. `isChainNew` is true if it created the audit log chain's tables. */
export type AfterMigrations = (tx: Tx, isChainNew: boolean) => Promise<void>;

/** `isOwner` is true if the address is that of the tables' owner, who may create more. */
export type Migrated = Grantee & { isOwner: boolean };

export type MigrateOptions = {
  afterwards?: AfterMigrations | undefined;
  /** The setting that contains the address. */
  setting?: AddressSetting;
  /** The application's login, if it differs from the address's. */
  service?: string | undefined;
};

/**
 * Migrates the database. Safe to run on several instances at once: a lock that only the tables' owner can take
 * serializes them. A database that is up to date needs no right to create or own tables. Returns the role or login with
 * the application's rights. Throws a SettingsError if the database or the user does not allow it.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<Migrated> {
  const { setting = "DATABASE_URL" } = options;
  const client = await openSession({ url: databaseUrl, setting }, { application_name: "vehaas-migrate" });
  try {
    return await bringUpToDate(client, { ...options, setting });
  } catch (error) {
    throw asRefusal(error, setting);
  } finally {
    await client.end();
  }
}

async function bringUpToDate(
  client: SessionClient,
  { setting, service, afterwards }: MigrateOptions & { setting: AddressSetting },
): Promise<Migrated> {
  if (!(await hasJournal(client))) await makeJournal(client, setting);
  const isOwner = await ownsJournal(client);
  return drizzle({ client, schema, casing: "snake_case" }).transaction(async (tx) => {
    if (isOwner) await tx.execute(sql`lock table drizzle.__drizzle_migrations in share row exclusive mode`);
    await requireServable(client, setting);
    const { pending } = pendingMigrations(await appliedMigrations(tx));
    if (pending.length > 0) {
      await requireMigrator(client, setting);
      await excludeOlderInstances(client, pending, setting);
    }
    const hadChain = await hasChain(tx);
    await applyMigrations(tx, pending);
    await afterwards?.(tx, !hadChain && (await hasChain(tx)));
    const grantee = await granteeOf(client, service, isOwner);
    if (isOwner && grantee.name && !(await ownsTables(client, grantee.name))) await grantTables(client, grantee.name);
    await requireNoOlderInstances(client, pending, setting);
    return { ...grantee, isOwner };
  });
}

/** Throws a SettingsError if the session's user may not make the tables, or migrate those that are there. */
export async function requireMigrator(client: SessionClient, setting: AddressSetting): Promise<void> {
  const hasTables = await hasJournal(client);
  if (hasTables) requireOwner(await ownsJournal(client), setting);
  await requireRights(client, setting, !hasTables);
}

async function granteeOf(client: SessionClient, service: string | undefined, isOwner: boolean): Promise<Grantee> {
  if (service) return { name: service };
  if (isOwner) return applicationRole(client);
  const { rows } = await client.query<{ name: string }>("select current_user as name");
  return { name: rows[0]?.name ?? "" };
}

/** If the owner serves, its rights must stay: a later migration needs them, and revoking them would protect nothing. */
async function ownsTables(client: SessionClient, name: string): Promise<boolean> {
  const { rows } = await client.query(
    "select 1 from pg_class where oid = 'public.audit_events'::regclass and pg_get_userbyid(relowner) = $1",
    [name],
  );
  return rows.length > 0;
}

async function hasJournal(client: SessionClient): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'`,
  );
  return rows.length > 0;
}

/** In its own transaction, to have a table to lock. Several starts may try at once. */
async function makeJournal(client: SessionClient, setting: AddressSetting): Promise<void> {
  await requireRights(client, setting, true);
  for (let attempt = 1; !(await hasJournal(client)); attempt++) {
    try {
      await client.query("create schema if not exists drizzle");
      await client.query(`create table if not exists drizzle.__drizzle_migrations
        (id serial primary key, hash text not null, created_at bigint)`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (attempt === 10 || !["23505", "42710", "42P06", "42P07"].includes(code)) throw error;
    }
  }
}

async function ownsJournal(client: SessionClient): Promise<boolean> {
  const { rows } = await client.query<{ owns: boolean }>(
    `select pg_catalog.pg_has_role(c.relowner, 'usage') as owns
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'`,
  );
  return rows[0]?.owns ?? false;
}

/** Checked first, so that the error names the missing right. A new schema also needs a right on the database. */
async function requireRights(client: SessionClient, setting: AddressSetting, makesSchema: boolean): Promise<void> {
  const { rows } = await client.query<Rights>(
    `select current_user as user, current_database() as database,
       has_database_privilege(current_database(), 'create') as "inDatabase",
       has_schema_privilege(to_regnamespace('public'), 'create') as "inPublic"`,
  );
  const problem = rows[0] && missingRight(rows[0], makesSchema);
  if (problem) throw new SettingsError([`${setting}'s ${problem}`]);
}

type Rights = { user: string; database: string; inDatabase: boolean; inPublic: boolean | null };

function missingRight({ user, database, inDatabase, inPublic }: Rights, makesSchema: boolean): string | undefined {
  if (inPublic === null) return `database "${database}" has no schema "public", in which the tables stand.`;
  const lacks = `user "${user}" lacks the right CREATE on`;
  if (makesSchema && !inDatabase) return `${lacks} the database "${database}", where the tables have to be made.`;
  return inPublic ? undefined : `${lacks} the schema "public" of "${database}", where tables have to be made.`;
}

function requireOwner(isOwner: boolean, setting: AddressSetting): void {
  if (isOwner) return;
  throw new SettingsError([
    `${setting}'s user does not own the tables, which this version has to migrate: set DATABASE_MIGRATION_URL to their owner's address.`,
  ]);
}

/** The times by which Drizzle knows them. */
async function appliedMigrations(tx: Tx): Promise<number[]> {
  const { rows } = await tx.execute<{ time: string }>(sql`select created_at as time from drizzle.__drizzle_migrations`);
  return rows.map(({ time }) => Number(time));
}

/** Like Drizzle's migrator and with its table, but inside a transaction, which that one does not support. */
async function applyMigrations(tx: Tx, migrations: MigrationMeta[]): Promise<void> {
  if (migrations.length > 0) await findTrigrams(tx);
  for (const migration of migrations) {
    for (const statement of migration.sql) await tx.execute(sql.raw(statement));
    await tx.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      values (${migration.hash}, ${migration.folderMillis})`);
  }
}

/** Adds the schema of pg_trgm to the search path, since it may be installed in another one. */
async function findTrigrams(tx: Tx): Promise<void> {
  await tx.execute(sql`
    select set_config('search_path', concat_ws(', ', 'public', quote_ident(n.nspname), 'pg_temp'), true)
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm'`);
}

async function hasChain(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute<{ has: boolean }>(sql`select to_regclass('audit_chain') is not null as has`);
  return rows[0]?.has ?? false;
}
