import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, integer, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { groups, ofOrganization } from "./people";

/** What a group or an organization demands of its access tokens. Without a row, only the stricter bounds above hold. */
export const policies = pgTable(
  "policies",
  {
    /** The group or the organization. */
    ownerId: text().primaryKey(),
    organizationId: ofOrganization(),
    groupId: text(),
    /** Null: only the bounds from above. */
    longestLifetimeDays: integer(),
    allowsAdminRole: boolean().notNull().default(true),
    /** Null: never. */
    revokeUnusedAfterDays: integer(),
    /** When that was last changed. Earlier notices of a revocation don't count. */
    revokeUnusedSetAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: "policies_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    check("policies_owner", sql`${table.ownerId} = coalesce(${table.groupId}, ${table.organizationId})`),
    check("policies_longest_lifetime", sql`${table.longestLifetimeDays} >= 1`),
    check("policies_revoke_unused", sql`${table.revokeUnusedAfterDays} >= 1`),
  ],
);
