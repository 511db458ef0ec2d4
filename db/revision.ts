import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** A row's revision as callers see it: with the id, since each row counts its own changes. */
export function revisionOf(table: { id: PgColumn; revision: PgColumn }): SQL<string> {
  return sql<string>`${table.id} || '-' || ${table.revision}`;
}
