import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { defaultPoolSize } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { DeadlinePool } from "./pool/deadline-pool";
import * as schema from "./schema";

export const pool: DeadlinePool = processWide.pool ?? connect();
processWide.pool = pool;

const drizzleConfig = { schema, casing: "snake_case" } as const;
export const db = drizzle({ client: pool, ...drizzleConfig });

/** A transaction. The type excludes `db`, which has a `$client`. */
export type Tx = Omit<NodePgDatabase<typeof schema>, "transaction"> & { $client?: never };
/** The pool, or the transaction that the query must run in. */
export type Executor = typeof db | Tx;

function connect(): DeadlinePool {
  const max = Number(process.env.DATABASE_POOL_SIZE) || defaultPoolSize;
  return new DeadlinePool({
    connectionString: process.env.DATABASE_URL,
    role: process.env.DATABASE_ROLE,
    max,
    // For authentication and readiness.
    reserved: Math.ceil(max / 5),
    connectionTimeoutMillis: 3000,
    // Milliseconds. A request times out earlier, but the server learns of it late: this bounds its further work.
    longestStatement: 5000,
  });
}
