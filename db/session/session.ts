import { Client, type ClientConfig, type QueryResult } from "pg";
import { nameOfConnections } from "@/db/schema-version";
import { refuseUnconfirmedCommits } from "./unconfirmed";

/** Read by lib/unavailable.ts, like `unconfirmedCommit`. */
export const unusableSession = "UNUSABLE_SESSION";

export type SessionConfig = ClientConfig & {
  /** The role that every session takes on, if the application has its own. */
  role?: string | undefined;
  /** Milliseconds after which the server ends a statement; 0 for no limit. */
  longestStatement?: number;
};

/** A process of the server. `server` differs for another server, and after a restart. */
export type Backend = { pid: number; server: string };

// Bounds the first query's wait for a pooler without a free connection. The pool's own timeout is shorter.
const query_timeout = 30_000;

/**
 * Settings that the application relies on, whatever `alter role` and `alter database` set. Set after connecting, since
 * PgBouncer refuses or drops most startup parameters.
 */
export const pinnedSettings: Record<string, string> = {
  search_path: "public, pg_temp",
  client_encoding: "UTF8",
  // The driver parses these formats.
  datestyle: "ISO, MDY",
  intervalstyle: "postgres",
  timezone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  array_nulls: "on",
  transform_null_equals: "off",
  // db/session/unconfirmed.ts needs the warnings.
  client_min_messages: "warning",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  transaction_timeout: "0",
  // Otherwise a refused statement, such as one with a taken name, would end the session.
  exit_on_error: "off",
  row_security: "on",
  gin_fuzzy_search_limit: "0",
  // The server ends the session of a client that the network cut off, within a minute. Unix sockets ignore them.
  tcp_keepalives_idle: "30",
  tcp_keepalives_interval: "10",
  tcp_keepalives_count: "3",
  // Otherwise triggers that guard the audit log and foreign keys could be off.
  session_replication_role: "origin",
};

/** The connection of the pool, migrations, jobs and scripts. `connect` resolves once the session is set up. */
export class SessionClient extends Client {
  private readonly settings: Record<string, string>;
  private readonly longestStatement: number;
  /** The server's own, also behind a pooler. Known once the session is set up. */
  backend: Backend | undefined;

  constructor({ role, longestStatement = 0, ...config }: SessionConfig = {}) {
    const application_name = config.application_name ?? nameOfConnections("access-tokens");
    super({ ...config, application_name });
    // The address may have another name, by which a start would not find older instances. The role comes last, since it
    // may lack the user's right to set the others.
    this.settings = { ...pinnedSettings, application_name, ...(role ? { role } : {}) };
    this.longestStatement = longestStatement;
    // Without a handler a lost connection would end the process. The current or next query reports it.
    this.on("error", () => {});
    refuseUnconfirmedCommits(this);
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error | null, client?: this) => void): void;
  override connect(callback?: (error: Error | null, client?: this) => void) {
    const ready = super.connect().then(
      () => this.setUp(),
      (error) => {
        // If TLS fails, the socket would stay open and delay the end of a failed start.
        this.connection.stream.destroy();
        throw error;
      },
    );
    if (!callback) return ready;
    ready.then((client) => callback(null, client), callback);
  }

  private async setUp(): Promise<this> {
    try {
      // First and separately: the role's own timeout may be too short for the rest.
      await this.query(this.bounded(`set statement_timeout = ${this.longestStatement}`));
      const [{ rows }] = await Promise.all([
        this.query<Backend>(this.bounded(setUp, [Object.keys(this.settings), Object.values(this.settings)])),
        this.watchForClient(),
      ]);
      // A pooler that does not reset its connections may have prepared statements with the names that this client uses.
      this.backend = rows[0] && { pid: rows[0].pid, server: rows[0].server };
      if (rows[0]?.pid !== processOf(this)) await this.query("deallocate all");
      return this;
    } catch (error) {
      void this.end().catch(() => {});
      this.connection.stream.destroy();
      const reason = error instanceof Error ? error.message : String(error);
      throw Object.assign(new Error(`the session could not be set up: ${reason}`, { cause: error }), {
        code: unusableSession,
      });
    }
  }

  private bounded(text: string, values: string[][] = []) {
    return { text, values, query_timeout };
  }

  /** Makes the server cancel the query of a client that disconnected. Optional, as not all systems support it. */
  private watchForClient(): Promise<QueryResult | undefined> {
    return this.query("set client_connection_check_interval = 250").catch((error) => {
      if (error instanceof Error && "code" in error && error.code === "22023") return undefined;
      throw error;
    });
  }
}

/** The server's process id, or a pooler's substitute. */
export function processOf(client: Client): number | undefined {
  return "processID" in client && typeof client.processID === "number" ? client.processID : undefined;
}

/**
 * Sets only what differs, since only superusers may set `session_replication_role`, and not every version has all of
 * these. `synchronous_commit` is at least `on`. Read-only is undone if only the role sets it, not a database or server.
 * Names are qualified: the search path is not pinned yet, and could contain operators or functions of the same name.
 */
const setUp = `
  select pg_catalog.pg_backend_pid() as pid,
    pg_catalog.int8(pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()))::pg_catalog.text as server,
    pg_catalog.count(pg_catalog.set_config(name, value, false))
  from (
    select name, value from rows from (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
      as pin (name, value)
    where pg_catalog.current_setting(name, true) operator(pg_catalog.<>) value
    union all
    select 'synchronous_commit', 'on'
    where pg_catalog.current_setting('synchronous_commit') operator(pg_catalog.<>) all (array['on', 'remote_apply'])
    union all
    select 'default_transaction_read_only', 'off'
    where pg_catalog.current_setting('default_transaction_read_only') operator(pg_catalog.=) 'on' and exists (
      select from pg_catalog.pg_settings
      where name operator(pg_catalog.=) 'default_transaction_read_only'
        and source operator(pg_catalog.=) any (array['user', 'database user']))
  ) as pins`;
