import { sql } from "drizzle-orm";
import { SettingsError } from "@/lib/env";
import type { Tx } from "./client";
import type { Migration } from "./pending-migrations";
import { schemaVersion } from "./schema-version";
import type { AddressSetting } from "./session/open-session";

/**
 * Throws a SettingsError if instances are connected that could not serve after these migrations. Otherwise writes into
 * the database which instances may serve from now on. Run it in the migrations' transaction.
 */
export async function excludeOlderInstances(
  tx: Tx,
  migrations: readonly Migration[],
  setting: AddressSetting,
): Promise<void> {
  const last = migrations.findLast(({ needsStop }) => needsStop !== undefined);
  if (!last) return;
  // Connections of versions before record 0122 name no schema.
  const { rows } = await tx.execute<{ connections: number; instances: string }>(sql`
    select count(*)::int as connections, string_agg(distinct coalesce(host(client_addr), 'this machine'), ', ') as instances
    from pg_stat_activity
    where datname = current_database() and application_name ~ '^vehaas-(access-tokens|jobs)( schema=\\d+)?$'
      and coalesce(substring(application_name from 'schema=(\\d+)$')::int, -1) < ${last.number}`);
  const { connections = 0, instances = "" } = rows[0] ?? {};
  if (connections > 0) {
    throw new SettingsError([
      `${setting}: this version changes the database so that older ones can't serve it (${last.needsStop}), and instances of an older version are connected (${connections} connections from ${instances}). Stop them, then start this one again.`,
    ]);
  }
  const text = sql.raw(`'${oldestPrefix}${last.number}'`);
  await tx.execute(sql`comment on table drizzle.__drizzle_migrations is ${text}`);
}

const oldestPrefix = "oldest schema that may serve: ";

/** Throws a SettingsError if a newer version has changed the database so that this version can't serve it. */
export async function requireServable(tx: Tx, setting: AddressSetting): Promise<void> {
  const { rows } = await tx.execute<{ text: string | null }>(
    sql`select obj_description('drizzle.__drizzle_migrations'::regclass, 'pg_class') as text`,
  );
  const text = rows[0]?.text ?? "";
  const oldest = text.startsWith(oldestPrefix) ? Number(text.slice(oldestPrefix.length)) : 0;
  if (oldest <= schemaVersion) return;
  throw new SettingsError([
    `${setting} names a database that a newer version has changed so that this one can't serve it (schema ${oldest}, this version has ${schemaVersion}): start the newer version.`,
  ]);
}
