import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { DeadlinePool } from "./pool/deadline-pool";
import * as schema from "./schema";

declare global {
  var vehaasPool: DeadlinePool | undefined;
}

/** One pool per process: the server and Next's own bundle each have a copy of this module. */
globalThis.vehaasPool ??= connect();
export const pool = globalThis.vehaasPool;

const drizzleConfig = { schema, casing: "snake_case" } as const;
export const db = drizzle({ client: pool, ...drizzleConfig });

/** The transaction that a query must run in. `db`, which has a `$client`, is none. */
export type Tx = Omit<NodePgDatabase<typeof schema>, "transaction"> & { $client?: never };
/** What a query can run on: the pool, or the transaction that it must see. */
export type Executor = typeof db | Tx;

function connect(): DeadlinePool {
  return new DeadlinePool({
    connectionString: process.env.DATABASE_URL,
    role: process.env.DATABASE_ROLE,
    max: 20,
    connectionTimeoutMillis: 3000,
    // A request gives up earlier, and the server doesn't hear of it: this bounds what it goes on with.
    longestStatement: 5000,
  });
}
