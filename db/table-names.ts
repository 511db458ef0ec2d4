import { getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import * as schema from "./schema";

/** Our tables, sorted. Other tables of the database are left alone. */
export const tableNames: readonly string[] = Object.values(schema)
  .filter((one) => is(one, PgTable))
  .map(getTableName)
  .sort();
