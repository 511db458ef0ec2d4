import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { onTestFinished } from "vitest";

/** Settings that an administrator may set for a role or database, and that would change what our statements do. */
export const hostileSettings: Record<string, string> = {
  search_path: "app, public",
  DateStyle: "German, DMY",
  IntervalStyle: "sql_standard",
  TimeZone: "Asia/Kolkata",
  bytea_output: "escape",
  extra_float_digits: "-15",
  standard_conforming_strings: "off",
  array_nulls: "off",
  transform_null_equals: "on",
  client_min_messages: "error",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  statement_timeout: "10",
  lock_timeout: "10",
  idle_in_transaction_session_timeout: "1000",
  idle_session_timeout: "1000",
  exit_on_error: "on",
  row_security: "off",
  gin_fuzzy_search_limit: "1",
  session_replication_role: "replica",
};

/** Sets them for the database; returns its URL. */
export async function setForDatabase(url: string, settings: Record<string, string>): Promise<string> {
  const name = new URL(url).pathname.slice(1);
  await asSuperuser(url, sentences(`alter database ${name}`, settings));
  return url;
}

/** Sets them for a new superuser; returns the database's URL with that login. */
export async function setForRole(url: string, settings: Record<string, string>): Promise<string> {
  const name = `hostile_${randomBytes(8).toString("hex")}`;
  await asSuperuser(url, [`create role ${name} superuser login password 'hostile'`]);
  onTestFinished(() => asSuperuser(url, [`drop owned by ${name} cascade`, `drop role ${name}`]));
  await asSuperuser(url, sentences(`alter role ${name}`, settings));
  return Object.assign(new URL(url), { username: name, password: "hostile" }).href;
}

function sentences(alter: string, settings: Record<string, string>): string[] {
  return Object.entries(settings).map(([name, value]) =>
    name === "search_path" ? `${alter} set search_path = ${value}` : `${alter} set "${name}" = '${value}'`,
  );
}

async function asSuperuser(url: string, statements: string[]): Promise<void> {
  // Overrides the database's settings for this connection.
  const client = new Client({ connectionString: url, options: "-c statement_timeout=0 -c idle_session_timeout=0" });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
