import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { PatientPool } from "./patient-pool";
import * as schema from "./schema";

declare global {
  var vehaasPool: PatientPool | undefined;
}

/** One pool per process: the server and Next's own bundle each have a copy of this module. */
globalThis.vehaasPool ??= connect();
export const pool = globalThis.vehaasPool;

export const drizzleConfig = { schema, casing: "snake_case" } as const;
export const db = drizzle({ client: pool, ...drizzleConfig });

/** The transaction that a query must run in. */
export type Tx = Omit<NodePgDatabase<typeof schema>, "transaction" | "$client">;
/** What a query can run on: the pool, or the transaction that it must see. */
export type Executor = typeof db | Tx;

function connect(): PatientPool {
  const role = process.env.DATABASE_ROLE;
  return new PatientPool({
    connectionString: role ? withRole(process.env.DATABASE_URL ?? "", role) : process.env.DATABASE_URL,
    max: 20,
    // Queries of one transaction that don't wait for each other go out together.
    pipeline: true,
    connectionTimeoutMillis: 3000,
    // A request gives up earlier, and the server doesn't hear of it: this bounds what it goes on with.
    statement_timeout: 5000,
    application_name: "vehaas-access-tokens",
  });
}

/** Bounds each connection to what the application needs (application-role.ts), beside options that the address brings. */
function withRole(databaseUrl: string, role: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set("options", `${url.searchParams.get("options") ?? ""} -c role=${role}`.trim());
  return url.href;
}
