import { DatabaseError } from "pg";
import { SettingsError } from "@/lib/env";
import { mayPass } from "./connection-failure";
import { SessionClient, type SessionConfig } from "./session";

export type AddressSetting = "DATABASE_URL" | "DATABASE_MIGRATION_URL";
export type Address = { url: string; setting: AddressSetting };

/** The database can't be used now, but a later attempt may succeed. */
export class DatabaseAwayError extends SettingsError {}

const timeout = 30_000;

/** Opens a session at the operator's address. Throws a SettingsError of one line if the database can't be used. */
export async function openSession({ url, setting }: Address, config: SessionConfig = {}): Promise<SessionClient> {
  const client = new SessionClient({ connectionString: url, connectionTimeoutMillis: timeout, ...config });
  try {
    await client.connect();
  } catch (error) {
    const problem = `${setting} names a database that can't be used: ${reasonOf(error)}`;
    throw mayPass(error) ? new DatabaseAwayError([problem]) : new SettingsError([problem]);
  }
  try {
    await requireUsable(client, setting);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

type Server = { version: number; encoding: string; isStandby: boolean; isReadOnly: boolean; database: string };

async function requireUsable(client: SessionClient, setting: AddressSetting): Promise<void> {
  const { rows } = await client.query<Server>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
       pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only')::bool as "isReadOnly",
       current_database() as database`,
  );
  const problem = rows[0] && problemWith(rows[0]);
  if (!problem) return;
  const problems = [`${setting} names ${problem}`];
  // During a failover the address may lead to a standby that becomes the primary, or to the former primary.
  throw rows[0]?.isStandby ? new DatabaseAwayError(problems) : new SettingsError(problems);
}

function problemWith({ version, encoding, isStandby, isReadOnly, database }: Server): string | undefined {
  if (version < 150_000) return "a PostgreSQL older than 15, which this version does not work with.";
  if (encoding !== "UTF8") {
    return `the database "${database}", whose encoding is ${encoding}: make one with create database … encoding 'UTF8'.`;
  }
  if (isStandby) return "a standby, which only reads: it must lead to the primary.";
  if (isReadOnly) {
    return `the database "${database}", which is read only (default_transaction_read_only): the service has to write.`;
  }
  return undefined;
}

/** The database's refusal as a SettingsError of one line; any other error unchanged. */
export function asRefusal(error: unknown, setting: AddressSetting): unknown {
  const refusal = refusalIn(error);
  if (!refusal) return error;
  const what = refusal.code === "42501" ? "'s user lacks a right" : " names a database that refuses";
  return new SettingsError([`${setting}${what}: ${reasonOf(refusal)}`]);
}

export function refusalIn(error: unknown): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  return error instanceof Error && error.cause ? refusalIn(error.cause) : undefined;
}

/** One line with the reason given by the database or the network. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return "no answer";
  const code = error instanceof DatabaseError && error.code ? ` (${error.code})` : "";
  return `${error.message || error.name}${code}`.replace(/\s+/g, " ").slice(0, 300);
}
