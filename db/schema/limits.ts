import { bigint, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/** Places for limited work across all instances (lib/limits/places.ts). */
export const leases = pgTable(
  "leases",
  {
    name: text().notNull(),
    place: integer().notNull(),
    holder: text().notNull(),
    endsAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.place] })],
);

/** Counts of attempts across all instances, in the format of rate-limiter-flexible. */
export const rateLimits = pgTable("rate_limits", {
  key: text().primaryKey(),
  points: integer().notNull().default(0),
  expire: bigint({ mode: "number" }),
});
