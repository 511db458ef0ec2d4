import type { ClientBase } from "pg";
import { SettingsError } from "@/lib/env";
import type { Migration } from "./pending-migrations";
import { schemaVersion } from "./schema-version";
import type { AddressSetting } from "./session/open-session";

type Session = Pick<ClientBase, "query">;

/**
 * Throws a SettingsError if instances are connected that could not serve after these migrations. Otherwise writes into
 * the database which instances may serve from now on. Run it in the migrations' transaction, before them.
 */
export async function excludeOlderInstances(
  session: Session,
  migrations: readonly Migration[],
  setting: AddressSetting,
): Promise<void> {
  const last = lastWithStop(migrations);
  if (!last) return;
  await requireNoOlderInstances(session, migrations, setting);
  await session.query(`comment on table drizzle.__drizzle_migrations is '${prefix}${last.number}'`);
}

/**
 * Throws a SettingsError if such instances are connected now. Others than the tables' owner don't wait for the migrations
 * when they start, and see the comment only afterwards: so run it once more at the transaction's end.
 */
export async function requireNoOlderInstances(
  session: Session,
  migrations: readonly Migration[],
  setting: AddressSetting,
): Promise<void> {
  const last = lastWithStop(migrations);
  if (!last) return;
  // A transaction keeps what it has read of the activity.
  await session.query("select pg_stat_clear_snapshot()");
  const { rows } = await session.query<{ connections: number; from: string | null }>(olderConnections, [last.number]);
  const { connections = 0, from = null } = rows[0] ?? {};
  if (connections === 0) return;
  const which = `${connections === 1 ? "one connection" : `${connections} connections`}${from ? ` from ${from}` : ""}`;
  throw new SettingsError([
    `${setting}: this version changes the database so that older ones can't serve it (${last.needsStop}), and instances of an older version are connected (${which}). Stop them, then start this one again.`,
  ]);
}

function lastWithStop(migrations: readonly Migration[]): Migration | undefined {
  return migrations.findLast(({ needsStop }) => needsStop !== undefined);
}

// Connections of versions before record 0122 name no schema. PgBouncer may add the client's address to the name. The
// addresses of others' connections may be hidden.
const olderConnections = `
  select count(*)::int as connections, string_agg(distinct host(client_addr), ', ') as "from"
  from pg_stat_activity
  where datname = current_database() and application_name ~ '^vehaas-(access-tokens|jobs)( schema=\\d+)?( - |$)'
    and coalesce(substring(application_name from ' schema=(\\d+)')::int, -1) < $1`;

const prefix = "oldest schema that may serve: ";

/** The oldest schema whose instances may serve the database; 0 if any may. */
export async function oldestServingSchema(session: Session): Promise<number> {
  const { rows } = await session.query<{ text: string | null }>(
    "select obj_description('drizzle.__drizzle_migrations'::regclass, 'pg_class') as text",
  );
  const text = rows[0]?.text ?? "";
  return text.startsWith(prefix) ? Number(text.slice(prefix.length)) : 0;
}

/** Throws a SettingsError if a newer version has changed the database so that this version can't serve it. */
export async function requireServable(session: Session, setting: AddressSetting): Promise<void> {
  const oldest = await oldestServingSchema(session);
  if (oldest <= schemaVersion) return;
  throw new SettingsError([
    `${setting} names a database that a newer version has changed so that this one can't serve it (schema ${oldest}, this version has ${schemaVersion}): start the newer version.`,
  ]);
}
