import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  jsonb,
  type PgColumn,
  pgTable,
  primaryKey,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { createdAt, folded, id, instant, revision } from "./columns";
import { groups, ofOrganization, users } from "./people";

type Times = Record<"createdAt" | "lifetimeFrom" | "expiresAt" | "lastUsedAt" | "reactivatedAt", PgColumn>;

/** How long a token lives, as policies count it. */
export const lifetime = ({ expiresAt, lifetimeFrom, createdAt }: Omit<Times, "lastUsedAt" | "reactivatedAt">) =>
  sql`(${expiresAt} - coalesce(${lifetimeFrom}, ${createdAt}))`;

/** Since when a token is not used, as policies count it. */
export const unusedSince = ({ createdAt, lastUsedAt, reactivatedAt }: Omit<Times, "lifetimeFrom" | "expiresAt">) =>
  sql`greatest(${createdAt}, ${lastUsedAt}, ${reactivatedAt})`;

/** `network` is an IPv4 /24 or an IPv6 /48, `client` the product that the user agent names, `lastUsedAt` RFC 3339. */
export type StoredNetworkUse = { network: string; client: string | null; lastUsedAt: string };

export const accessTokens = pgTable(
  "access_tokens",
  {
    id: id("tok"),
    organizationId: ofOrganization(),
    groupId: text(),
    /** The group or, without one, the organization, so that one set of indexes serves both. */
    ownerId: text().generatedAlwaysAs(sql`coalesce(group_id, organization_id)`).notNull(),
    technicalUserId: text()
      .notNull()
      .unique("access_tokens_technical_user")
      .references(() => users.id),
    name: text().notNull(),
    /** The folded name, for uniqueness, sorting and search. */
    nameKey: folded().notNull(),
    /** A copy of the technical user's role, so that an index finds idle admin tokens. A trigger follows changes. */
    isAdmin: boolean().notNull(),
    /** The folded name and, on a second line, the technical user's name, for search in both. */
    searchKey: folded().notNull(),
    /** One line, or empty. */
    description: text().notNull().default(""),
    /** That of its current secret, copied so that a list finds a suffix by an index of its owner; null without one. */
    tokenSuffix: text(),
    createdById: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
    expiresAt: instant().notNull(),
    /** When a rotation last set another expiration; null if none did. The longest lifetime counts from then. */
    lifetimeFrom: instant(),
    lastUsedAt: instant(),
    /** The last use by a pipeline secret. */
    pipelinesLastUsedAt: instant(),
    /** The last use by a secret of its own. Null until pipelines use the token: its last use is then the secret's. */
    secretLastUsedAt: instant(),
    /** The latest networks with their latest use, newest first. Written together with lastUsedAt. */
    lastUsedFrom: jsonb().$type<StoredNetworkUse[]>().notNull().default([]),
    revokedAt: instant(),
    reactivatedAt: instant(),
    /** When its admins were told that it will be revoked as unused. A later use or reactivation makes it void. */
    idleNoticedAt: instant(),
    /** Since when it is revoked because its secret leaked. A rotation clears it. */
    leakedAt: instant(),
    /** When the next message about its expiration is due; null after the last. A trigger sets it with `expiresAt`. */
    nextNoticeAt: instant(),
    revision: revision(),
  },
  (table) => [
    foreignKey({
      name: "access_tokens_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }),
    // For the deletion of a group, which looks for rows that refer to it.
    index("access_tokens_of_group").on(table.groupId).where(sql`group_id is not null`),
    // One index for each sort of the list; the unique one also enforces unique names.
    unique("access_tokens_name").on(table.ownerId, table.nameKey),
    index("access_tokens_by_created").on(table.ownerId, table.createdAt, table.id),
    // With the creation, so that a walk in this order passes over new tokens without reading their rows.
    index("access_tokens_by_expires").on(table.ownerId, table.expiresAt, table.id, table.createdAt),
    index("access_tokens_by_last_used").on(table.ownerId, sql`coalesce(${table.lastUsedAt}, '-infinity')`, table.id),
    index("access_tokens_revoked").on(table.ownerId, table.createdAt, table.id).where(sql`revoked_at is not null`),
    index("access_tokens_search").using("gin", sql`${table.searchKey} gin_trgm_ops`),
    index("access_tokens_idle_admins")
      .on(table.ownerId, sql`coalesce(${table.lastUsedAt}, ${table.createdAt})`)
      .where(sql`is_admin and revoked_at is null`),
    // One index for each filter of the list.
    index("access_tokens_by_suffix").on(table.ownerId, table.tokenSuffix),
    index("access_tokens_by_creator").on(table.ownerId, table.createdById, table.createdAt, table.id),
    index("access_tokens_never_used").on(table.ownerId, table.createdAt, table.id).where(sql`last_used_at is null`),
    index("access_tokens_idle").on(table.ownerId, sql`coalesce(${table.lastUsedAt}, ${table.createdAt})`, table.id),
    // With the values of all sorts, so that the filter's tokens are sorted without reading their rows.
    index("access_tokens_expiring")
      .on(table.ownerId, table.expiresAt, table.id, table.createdAt, table.lastUsedAt, table.nameKey)
      .where(sql`revoked_at is null`),
    // One index for each demand of a policy: its longest lifetime, the user role, a use in so many days.
    index("access_tokens_by_lifetime")
      .on(table.ownerId, lifetime(table), table.expiresAt)
      .where(sql`revoked_at is null`),
    index("access_tokens_admins").on(table.ownerId, table.expiresAt).where(sql`is_admin and revoked_at is null`),
    index("access_tokens_unused").on(table.ownerId, unusedSince(table), table.expiresAt).where(sql`revoked_at is null`),
    index("access_tokens_notices").on(table.nextNoticeAt).where(sql`next_notice_at is not null and revoked_at is null`),
    check("access_tokens_name_length", sql`char_length(${table.name}) between 1 and 255`),
    check("access_tokens_description_length", sql`char_length(${table.description}) <= 500`),
    check("access_tokens_suffix_length", sql`char_length(${table.tokenSuffix}) = 4`),
    check(
      "access_tokens_last_used_by",
      sql`${table.secretLastUsedAt} is null or ${table.pipelinesLastUsedAt} is not null`,
    ),
    check("access_tokens_last_used_from", sql`jsonb_array_length(${table.lastUsedFrom}) <= 5`),
    check("access_tokens_leaked", sql`${table.leakedAt} is null or ${table.revokedAt} is not null`),
    check("access_tokens_expires", sql`${table.expiresAt} > ${table.createdAt} and isfinite(${table.expiresAt})`),
  ],
);

/** Goes with its access token. */
export const ofAccessToken = () =>
  text()
    .notNull()
    .references(() => accessTokens.id, { onDelete: "cascade" });

/** How often a token was used on a day in UTC. Rows of the last 30 days are kept. */
export const accessTokenUses = pgTable(
  "access_token_uses",
  {
    accessTokenId: ofAccessToken(),
    organizationId: ofOrganization(),
    day: date({ mode: "string" }).notNull(),
    uses: bigint({ mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accessTokenId, table.day] }),
    index("access_token_uses_by_day").on(table.day),
    check("access_token_uses_positive", sql`${table.uses} > 0`),
  ],
);
