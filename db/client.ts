import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import * as schema from "./schema";

declare global {
  var vehaasPool: Pool | undefined;
}

/** One pool per process: the server and Next's own bundle each have a copy of this module. */
globalThis.vehaasPool ??= connect();
export const pool = globalThis.vehaasPool;

export const db = drizzle({ client: pool, schema, casing: "snake_case" });

export type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];
/** What a query can run on: the pool, or the transaction that it must see. */
export type Executor = typeof db | Tx;

function connect(): Pool {
  const role = process.env.DATABASE_ROLE;
  const pool = new Pool({
    connectionString: process.env.DATABASE_URL,
    max: 20,
    connectionTimeoutMillis: 4000,
    statement_timeout: 10_000,
    application_name: "vehaas-access-tokens",
    // Bounded to what the application needs; see grants.ts.
    ...(role ? { options: `-c role=${role}` } : {}),
  });
  // Without a listener an idle connection's end would end the process; the next query reports it.
  pool.on("error", () => {});
  return pool;
}
