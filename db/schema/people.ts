import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { organizationRoles, roles, signInMethods, userKinds } from "../enums";
import { newId } from "../ids";
import { bytes, createdAt, folded, id, instant, oneOf, sortedName } from "./columns";

export const organizations = pgTable("organizations", {
  id: id("org"),
  name: text().notNull(),
  createdAt: createdAt(),
});

export const ofOrganization = () =>
  text()
    .notNull()
    .references(() => organizations.id);

/** People and technical users. `name` is a technical user's username. */
export const users = pgTable(
  "users",
  {
    id: id("usr"),
    kind: text({ enum: userKinds }).notNull(),
    /** A technical user's organization; null for a person, who may be in several. */
    organizationId: text().references(() => organizations.id),
    name: text().notNull(),
    /** Lower case. */
    email: text().unique(),
    /** Argon2id in PHC format. Without it the person signs in with the identity provider. */
    passwordHash: text(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("users_id_kind").on(table.id, table.kind),
    unique("users_technical_name").on(table.organizationId, table.name),
    // Pages of members, and the search in them.
    index("users_people_by_name").on(sortedName(table.name), table.id).where(sql`kind = 'person'`),
    index("users_people_search")
      .using("gin", sql`${sortedName(table.name)} gin_trgm_ops`, sql`${table.email} gin_trgm_ops`)
      .where(sql`kind = 'person'`),
    check("users_kind", oneOf(table.kind, userKinds)),
    check("users_email", sql`${table.email} = lower(${table.email})`),
    check(
      "users_shape",
      sql`case ${table.kind}
        when 'person' then ${table.email} is not null and ${table.organizationId} is null
        else ${table.email} is null and ${table.passwordHash} is null and ${table.organizationId} is not null
      end`,
    ),
  ],
);

/** A person's account at the identity provider. */
export const accounts = pgTable(
  "accounts",
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    unique("accounts_user_issuer").on(table.userId, table.issuer),
  ],
);

export const sessions = pgTable(
  "sessions",
  {
    /** SHA-256 of the cookie's value, which is not stored. */
    tokenHash: bytes().primaryKey(),
    /** The public identifier. */
    id: text()
      .notNull()
      .unique("sessions_id")
      .$defaultFn(() => newId("ses")),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    method: text({ enum: signInMethods }).notNull(),
    /** The network where the session began: IPv4 /24 or IPv6 /48. */
    network: text(),
    /** Such as "Firefox on Linux". */
    browser: text(),
    expiresAt: instant().notNull(),
    /** Exact to ten minutes. */
    lastSeenAt: instant().notNull().defaultNow(),
    createdAt: createdAt(),
  },
  (table) => [index("sessions_user").on(table.userId), check("sessions_method", oneOf(table.method, signInMethods))],
);

export const groups = pgTable(
  "groups",
  {
    id: id("grp"),
    organizationId: ofOrganization(),
    name: text().notNull(),
    nameKey: folded().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("groups_organization_id").on(table.organizationId, table.id),
    unique("groups_name").on(table.organizationId, table.nameKey),
  ],
);

/** A user's role in a group or, without a group, in the organization. */
export const memberships = pgTable(
  "memberships",
  {
    id: id("mem"),
    organizationId: ofOrganization(),
    groupId: text(),
    userId: text().notNull(),
    kind: text({ enum: userKinds }).notNull(),
    role: text({ enum: roles }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    foreignKey({
      name: "memberships_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "memberships_user",
      columns: [table.userId, table.kind],
      foreignColumns: [users.id, users.kind],
    }).onDelete("cascade"),
    // Lists a group's members page by page, people before technical users.
    unique("memberships_member").on(table.organizationId, table.groupId, table.kind, table.userId).nullsNotDistinct(),
    index("memberships_of_user").on(table.userId, table.organizationId),
    uniqueIndex("memberships_one_of_technical_user").on(table.userId).where(sql`kind = 'technical'`),
    check("memberships_role", oneOf(table.role, roles)),
    check(
      "memberships_role_fits",
      sql`(${table.groupId} is null) = (${table.role} in ('organization_admin', 'organization_user'))`,
    ),
  ],
);

/** A link that lets one person join the organization, once and within seven days. */
export const invitations = pgTable(
  "invitations",
  {
    id: id("inv"),
    organizationId: ofOrganization(),
    /** Lower case. */
    email: text().notNull(),
    role: text({ enum: organizationRoles }).notNull(),
    /** SHA-256 of the link's secret, which is not stored. */
    secretHash: bytes().notNull().unique("invitations_secret"),
    invitedById: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    acceptedById: text().references(() => users.id),
  },
  (table) => [
    // One open invitation per address: a new one replaces the old.
    uniqueIndex("invitations_open").on(table.organizationId, table.email).where(sql`accepted_at is null`),
    check("invitations_role", oneOf(table.role, organizationRoles)),
    check("invitations_email", sql`${table.email} = lower(${table.email})`),
    check("invitations_secret_length", sql`octet_length(${table.secretHash}) = 32`),
    check("invitations_accepted", sql`(${table.acceptedAt} is null) = (${table.acceptedById} is null)`),
  ],
);
