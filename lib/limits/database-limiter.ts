import { type IRateLimiterPostgresOptions, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { pool } from "@/db/client";

/** A count that the database has, with the end of its window by the database's clock. */
export class StoredCount extends RateLimiterRes {
  constructor(
    limit: number,
    isFirst: boolean,
    { points, msLeft }: Row,
    readonly endsAt: Date,
  ) {
    super(Math.max(limit - points, 0), msLeft, points, isFirst);
  }
}

type Row = { points: number; msLeft: number; endsAt: Date };
type Stored = { rows: Row[] };

const now = "(extract(epoch from statement_timestamp()) * 1000)::bigint";
const columns = `points, greatest(expire - ${now}, 0)::float8 as "msLeft", to_timestamp(expire / 1000.0) as "endsAt"`;

/**
 * The library's limiter, with the four statements that concern time by the database's clock in place of this instance's:
 * an instance with a wrong clock must not lengthen or end windows that all instances share. The methods are those that
 * the library asks each of its stores for.
 */
export class DatabaseLimiter extends RateLimiterPostgres {
  constructor(options: Omit<IRateLimiterPostgresOptions, "storeClient" | "storeType" | "tableName" | "tableCreated">) {
    super({ ...options, storeClient: pool, storeType: "pool", tableName: "rate_limits", tableCreated: true });
  }

  _upsert(key: string, points: number, milliseconds: number): Promise<Stored> {
    return pool.query<Row>({
      name: "count_towards_limit",
      text: `
        insert into rate_limits as counted (key, points, expire) values ($1, $2, ${now} + $3::bigint)
        on conflict (key) do update set
          points = case when counted.expire <= ${now} then $2 else counted.points + $2 end,
          expire = case when counted.expire <= ${now} then ${now} + $3::bigint else counted.expire end
        returning ${columns}`,
      values: [key, points, milliseconds],
    });
  }

  async _get(key: string): Promise<Stored | null> {
    const stored = await pool.query<Row>({
      name: "read_count_of_limit",
      text: `select ${columns} from rate_limits where key = $1 and expire > ${now}`,
      values: [key],
    });
    return stored.rows.length > 0 ? stored : null;
  }

  _getRateLimiterRes(_key: string, changed: number, { rows: [row] }: Stored): StoredCount {
    if (!row) throw new Error("the count was not stored");
    return new StoredCount(this.points, row.points === changed, row, row.endsAt);
  }

  /** Called by the library every five minutes, with a time that is an hour ago by this instance's clock. */
  async clearExpired(): Promise<void> {
    await pool.query(`delete from rate_limits where expire < ${now} - 3600000`).catch(() => {});
  }
}
