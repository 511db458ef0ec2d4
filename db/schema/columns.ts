import { type SQL, sql } from "drizzle-orm";
import { customType, integer, type PgColumn, text, timestamp } from "drizzle-orm/pg-core";
import { type IdPrefix, newId } from "../ids";

export const id = (prefix: IdPrefix) =>
  text()
    .primaryKey()
    .$defaultFn(() => newId(prefix));
/** Milliseconds, like JavaScript's dates, so that a cursor made from a row compares equal to it. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });
/** Whether the moment has come. Rounded as it was stored: what was stored as due now may lie half a millisecond ahead. */
export const isDue = (moment: PgColumn) => sql<boolean>`${moment} <= now()::timestamptz(3)`;
export const createdAt = () => instant().notNull().defaultNow();
/** Counts the row's changes, except of what a person doesn't change. A trigger increments it. */
export const revision = () => integer().notNull().default(1);
export const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });
/** Sorted and compared by bytes, so that order and uniqueness don't depend on the server's locale. */
export const folded = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
/** A name as people expect it sorted and found: without regard to case and accents, whatever the server's locale. */
export const sortedName = (name: PgColumn | SQL) =>
  sql<string>`(replace(lower(regexp_replace(normalize(${name}, nfkd), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss') collate "C")`;
export const oneOf = (column: PgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(", "))})`;
