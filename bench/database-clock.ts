import { Client } from "pg";
import { processorTime } from "./processor-time";

/** Nanoseconds of processor time so far, by process. */
type Times = Map<number, number>;

/** The processor time that a database's server processes use. From /proc: NaN on systems without it. */
export class DatabaseClock {
  private constructor(private readonly client: Client) {}

  static async start(url: string): Promise<DatabaseClock> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new DatabaseClock(client);
  }

  async read(): Promise<Times> {
    const { rows } = await this.client.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    const times = await Promise.all(rows.map(async ({ pid }) => [pid, await processorTime(pid)] as const));
    return new Map(times);
  }

  /** Microseconds since the earlier reading. Connections that were closed meanwhile are left out. */
  async since(earlier: Times): Promise<number> {
    const now = await this.read();
    let nanoseconds = 0;
    for (const [pid, time] of now) nanoseconds += time - (earlier.get(pid) ?? 0);
    return nanoseconds / 1000;
  }

  /** How often a secret was looked up by its hash so far. PostgreSQL counts the reads of a connection a second late. */
  async lookups(): Promise<number> {
    const { rows } = await this.client.query(
      "select idx_scan as lookups from pg_stat_user_indexes where indexrelname = 'access_token_secrets_pkey'",
    );
    return Number(rows[0]?.lookups);
  }

  end(): Promise<void> {
    return this.client.end();
  }
}
