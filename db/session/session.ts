import { Client, type ClientConfig, type QueryResult } from "pg";
import { refuseUnconfirmedCommits } from "./unconfirmed";

/** Read by lib/unavailable.ts, as `unconfirmedCommit` is. */
export const unusableSession = "UNUSABLE_SESSION";

export type SessionConfig = ClientConfig & {
  /** What every session takes on, where the application has a role of its own. */
  role?: string | undefined;
  /** Milliseconds after which the server ends a statement; 0 for never. */
  longestStatement?: number;
};

// A pooler without a free connection lets the first query wait. The pool gives up earlier by itself.
const query_timeout = 30_000;

/**
 * What the application relies on, whatever `alter role` and `alter database` say. Set after connecting and not on it:
 * PgBouncer refuses most startup parameters, or drops them.
 */
const pinned: Record<string, string> = {
  search_path: "public, pg_temp",
  client_encoding: "UTF8",
  // The driver reads what these write.
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
  // A refused statement, such as a name that is taken, would end the session.
  exit_on_error: "off",
  row_security: "on",
  gin_fuzzy_search_limit: "0",
  // Without it no trigger guards the audit log, and no foreign key is checked.
  session_replication_role: "origin",
};

/**
 * A connection as every part of the application makes it: the pool, migrations, jobs, scripts. It is connected once its
 * session is set up.
 */
export class SessionClient extends Client {
  private readonly settings: Record<string, string>;
  private readonly longestStatement: number;

  constructor({ role, longestStatement = 0, ...config }: SessionConfig = {}) {
    super({ application_name: "vehaas-access-tokens", ...config });
    // The role comes last: it may not set what the user may.
    this.settings = { ...pinned, ...(role ? { role } : {}) };
    this.longestStatement = longestStatement;
    // Without it a connection's end would end the process; the query under way, or the next, reports it.
    this.on("error", () => {});
    refuseUnconfirmedCommits(this);
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error | null, client?: this) => void): void;
  override connect(callback?: (error: Error | null, client?: this) => void) {
    const ready = super.connect().then(
      () => this.setUp(),
      (error) => {
        // Its end would be waited for where TLS could not begin, by a start that has said so, too.
        this.connection.stream.destroy();
        throw error;
      },
    );
    if (!callback) return ready;
    ready.then((client) => callback(null, client), callback);
  }

  private async setUp(): Promise<this> {
    try {
      // First, and by itself: the role's own may be shorter than what the rest takes.
      await this.query(this.bounded(`set statement_timeout = ${this.longestStatement}`));
      const [{ rows }] = await Promise.all([
        this.query<{ pid: number }>(this.bounded(setUp, [Object.keys(this.settings), Object.values(this.settings)])),
        this.watchForClient(),
      ]);
      // A pooler that does not reset its connections has statements that this client would prepare again.
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

  /** What a request gave up is not done after all. Some systems can't look; without it all else works. */
  private watchForClient(): Promise<QueryResult | undefined> {
    return this.query("set client_connection_check_interval = 250").catch((error) => {
      if (error instanceof Error && "code" in error && error.code === "22023") return undefined;
      throw error;
    });
  }
}

/** The server's process for it, or what a pooler says in its place. */
export function processOf(client: Client): number | undefined {
  return "processID" in client && typeof client.processID === "number" ? client.processID : undefined;
}

/**
 * Sets what differs: `session_replication_role` is for superusers to set, and no version has all of these. A commit is
 * acknowledged once it is on disk, unless the operator asks for more. What the role alone makes read only is not; a
 * database or server that its administrator made so stays so. Written out in full, for an operator class or function of
 * the same name may come first in a search path that is not yet ours.
 */
const setUp = `
  select pg_catalog.pg_backend_pid() as pid, pg_catalog.count(pg_catalog.set_config(name, value, false))
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
