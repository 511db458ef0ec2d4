import { sql } from "drizzle-orm";
import { check, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { accessTokens, ofAccessToken } from "./access-tokens";
import { bytes, createdAt, folded, id, instant } from "./columns";
import { ofOrganization, organizations, users } from "./people";

/** Keys that encrypt an organization's stored secrets. They are themselves encrypted with a key of ENCRYPTION_KEYS. */
export const dataKeys = pgTable(
  "data_keys",
  {
    id: id("key"),
    organizationId: text()
      .notNull()
      .unique("data_keys_organization")
      .references(() => organizations.id),
    wrapped: bytes().notNull(),
    masterKeyId: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [check("data_keys_wrapped_length", sql`octet_length(${table.wrapped}) = 61`)],
);

/** The public fields of a token's environment variables. Their values are in `environments`. */
export const environmentVariables = pgTable(
  "environment_variables",
  {
    accessTokenId: ofAccessToken(),
    organizationId: ofOrganization(),
    name: folded().notNull(),
    /** Bytes of the value in UTF-8. */
    size: integer().notNull(),
    /** Random and new with each change: a variable that was removed and added again must have another one. */
    revision: text().notNull(),
    updatedById: text()
      .notNull()
      .references(() => users.id),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accessTokenId, table.name] }),
    check("environment_variables_name", sql`${table.name} ~ '^[A-Za-z_][A-Za-z0-9_]{0,254}$'`),
    check("environment_variables_size", sql`${table.size} between 0 and 49152`),
  ],
);

/** The values of all of a token's environment variables, sealed together, so that a session needs one decryption. */
export const environments = pgTable("environments", {
  accessTokenId: text()
    .primaryKey()
    .references(() => accessTokens.id, { onDelete: "cascade" }),
  organizationId: ofOrganization(),
  /** Pairs of names and values as JSON, sealed for this row (lib/crypto). */
  sealedValues: bytes().notNull(),
});
