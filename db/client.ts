import { drizzle } from "drizzle-orm/node-postgres";
import { PatientPool } from "./patient-pool";
import * as schema from "./schema";

declare global {
  var vehaasPool: PatientPool | undefined;
}

/** One pool per process: the server and Next's own bundle each have a copy of this module. */
globalThis.vehaasPool ??= connect();
export const pool = globalThis.vehaasPool;

export const db = drizzle({ client: pool, schema, casing: "snake_case" });

export type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];
/** What a query can run on: the pool, or the transaction that it must see. */
export type Executor = typeof db | Tx;

function connect(): PatientPool {
  const role = process.env.DATABASE_ROLE;
  return new PatientPool({
    connectionString: role ? withRole(process.env.DATABASE_URL ?? "", role) : process.env.DATABASE_URL,
    max: 20,
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
