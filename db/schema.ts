import { type SQL, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  type PgColumn,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import {
  auditChannels,
  deliveryStates,
  notificationTypes,
  organizationRoles,
  providerTypes,
  roles,
  runnerStates,
  secretEnds,
  signInMethods,
  tokenScopes,
  userKinds,
} from "./enums";
import { type IdPrefix, newId } from "./ids";

const id = (prefix: IdPrefix) =>
  text()
    .primaryKey()
    .$defaultFn(() => newId(prefix));
/** Milliseconds, like JavaScript's dates, so that a cursor made from a row compares equal to it. */
const instant = () => timestamp({ withTimezone: true, precision: 3 });
const createdAt = () => instant().notNull().defaultNow();
/** Counts the row's changes, except of what a person doesn't change. A trigger increments it. */
const revision = () => integer().notNull().default(1);
const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });
/** Sorted and compared by bytes, so that order and uniqueness don't depend on the server's locale. */
const folded = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
/** A name as people expect it sorted and found: without regard to case and accents, whatever the server's locale. */
export const sortedName = (name: PgColumn | SQL) =>
  sql<string>`(replace(lower(regexp_replace(normalize(${name}, nfkd), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss') collate "C")`;
const oneOf = (column: PgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(", "))})`;

export const organizations = pgTable("organizations", {
  id: id("org"),
  name: text().notNull(),
  createdAt: createdAt(),
});

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
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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

/** What a refused ID token said and what the trust asks for, one for each claim that differs. */
export type StoredDifference = { claim: string; expected: string; found: string | null };
/** What a job's ID token says of it. Values are cleaned and at most 200 characters long. */
export type StoredJob = {
  project: string;
  ref: string;
  environment?: string;
  job?: string;
  pipeline?: string;
  user?: string;
};

/** Jobs of one GitLab project or GitHub repository that may exchange their ID token for a secret of the access token. */
export const trustedPipelines = pgTable(
  "trusted_pipelines",
  {
    id: id("tpl"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    accessTokenId: text()
      .notNull()
      .references(() => accessTokens.id, { onDelete: "cascade" }),
    providerType: text({ enum: providerTypes }).notNull(),
    /** Normalized (lib/version-control/provider-url.ts). */
    providerUrl: text().notNull(),
    /** The `iss` of its ID tokens, compared exactly. Derived from the provider's type and URL. */
    issuer: text().notNull(),
    /** GitLab's `project_id`, GitHub's `repository_id`. */
    projectId: text().notNull(),
    /** GitHub's `repository_owner_id`. */
    ownerId: text(),
    /** The path at the time of adding, for people. Never compared. */
    project: text().notNull(),
    /** `refs/heads/…` or `refs/tags/…`, exact or with one `*`. */
    ref: text(),
    environment: text(),
    /** GitLab only. */
    protectedOnly: boolean().notNull(),
    mergeRequests: boolean().notNull().default(false),
    lifetimeMinutes: integer().notNull(),
    /** A JWKS for an issuer that can't be reached. */
    publicKeys: jsonb().$type<{ keys: Record<string, unknown>[] }>(),
    createdById: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
    lastUsedAt: instant(),
  },
  (table) => [
    index("trusted_pipelines_of_token").on(table.accessTokenId, table.createdAt),
    check("trusted_pipelines_provider", oneOf(table.providerType, providerTypes)),
    check("trusted_pipelines_owner_id", sql`(${table.ownerId} is not null) = (${table.providerType} = 'github')`),
    check("trusted_pipelines_condition", sql`${table.ref} is not null or ${table.environment} is not null`),
    check("trusted_pipelines_lifetime", sql`${table.lifetimeMinutes} between 5 and 60`),
  ],
);

/** The last exchanges that named a token with trusts and were refused. At most 20 of a token are kept. */
export const refusedExchanges = pgTable(
  "refused_exchanges",
  {
    id: id("rex"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    accessTokenId: text()
      .notNull()
      .references(() => accessTokens.id, { onDelete: "cascade" }),
    occurredAt: createdAt(),
    /** What the ID token says of its job; null if its signature or issuer did not fit. */
    job: jsonb().$type<StoredJob>(),
    /** The reason in words, for a refusal that is no difference of claims. */
    reason: text(),
    differences: jsonb().$type<StoredDifference[]>().notNull().default([]),
    /** The fields of a trust that would allow the job; null if its signature or issuer did not fit. */
    allows: jsonb().$type<Record<string, string | boolean | null>>(),
  },
  (table) => [index("refused_exchanges_of_token").on(table.accessTokenId, table.occurredAt, table.id)],
);

/** ID tokens that may be exchanged only once, until they expire. */
export const spentIdTokens = pgTable(
  "spent_id_tokens",
  {
    /** SHA-256 of the issuer and the ID token's `jti`. */
    hash: bytes().primaryKey(),
    endsAt: instant().notNull(),
  },
  (table) => [index("spent_id_tokens_ending").on(table.endsAt)],
);

/**
 * A token's secrets: the current one, which has no end of its own, after a rotation the retiring one, and those that have
 * ended; a token with trusted pipelines may be without a current one. They change only while the token's row is locked.
 */
export const accessTokenSecrets = pgTable(
  "access_token_secrets",
  {
    /** SHA-256 of the secret, which is not stored. */
    hash: bytes().primaryKey(),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    accessTokenId: text()
      .notNull()
      .references(() => accessTokens.id, { onDelete: "cascade" }),
    /** Its last four characters, to tell two secrets apart. */
    suffix: text().notNull(),
    /** The secret that was current before, if a rotation made this one; empty if the token had none. */
    replaces: bytes(),
    createdById: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
    /** Recorded only of a secret that a rotation made. */
    firstUsedAt: instant(),
    /** Written while the token has two secrets: the last use of a single one is the token's. */
    lastUsedAt: instant(),
    endsAt: instant(),
    /** Why it ends: after the first use of its replacement, at a date, or by a command. */
    endsBy: text({ enum: secretEnds }),
    /** For a pipeline secret: the trust that it was exchanged by, and with which it ends. */
    trustedPipelineId: text().references(() => trustedPipelines.id, { onDelete: "cascade" }),
    job: jsonb().$type<StoredJob>(),
    /** Whether the audit log has its end, or it was discarded before it was used. */
    isRetired: boolean().notNull().default(false),
  },
  (table) => [
    uniqueIndex("access_token_secrets_current").on(table.accessTokenId).where(sql`ends_at is null`),
    uniqueIndex("access_token_secrets_retiring")
      .on(table.accessTokenId)
      .where(sql`ends_at is not null and not is_retired and trusted_pipeline_id is null`),
    // For a search of the list.
    index("access_token_secrets_by_suffix")
      .on(table.suffix)
      .where(sql`ends_at is not null and not is_retired and trusted_pipeline_id is null`),
    index("access_token_secrets_of_pipeline").on(table.trustedPipelineId).where(sql`trusted_pipeline_id is not null`),
    index("access_token_secrets_of_pipelines")
      .on(table.accessTokenId, table.endsAt)
      .where(sql`trusted_pipeline_id is not null`),
    // For the deletion of a token.
    index("access_token_secrets_of_token").on(table.accessTokenId),
    index("access_token_secrets_ending").on(table.endsAt).where(sql`ends_at is not null and not is_retired`),
    index("access_token_secrets_retired").on(table.endsAt).where(sql`is_retired`),
    check("access_token_secrets_hash_length", sql`octet_length(${table.hash}) = 32`),
    check("access_token_secrets_suffix_length", sql`char_length(${table.suffix}) = 4`),
    check("access_token_secrets_ends_by", oneOf(table.endsBy, secretEnds)),
    check("access_token_secrets_end", sql`(${table.endsAt} is null) = (${table.endsBy} is null)`),
    check("access_token_secrets_job", sql`(${table.trustedPipelineId} is null) = (${table.job} is null)`),
    check(
      "access_token_secrets_lifetime",
      sql`(${table.trustedPipelineId} is not null) = (${table.endsBy} is not distinct from 'lifetime')`,
    ),
    check("access_token_secrets_retired_has_end", sql`not ${table.isRetired} or ${table.endsAt} is not null`),
  ],
);

/** Reports of leaked secrets that were accepted, until the background has acted on them. */
export const leakReports = pgTable(
  "leak_reports",
  {
    id: id("lkr"),
    /** The SHA-256 of each reported text, 32 bytes each. Most are of no secret of ours. */
    hashes: bytes().notNull(),
    createdAt: createdAt(),
    dueAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index("leak_reports_due").on(table.dueAt),
    check("leak_reports_hashes_length", sql`octet_length(${table.hashes}) % 32 = 0`),
  ],
);

/** How often a token was used on a day in UTC. Rows of the last 30 days are kept. */
export const accessTokenUses = pgTable(
  "access_token_uses",
  {
    accessTokenId: text()
      .notNull()
      .references(() => accessTokens.id, { onDelete: "cascade" }),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    day: date({ mode: "string" }).notNull(),
    uses: bigint({ mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accessTokenId, table.day] }),
    index("access_token_uses_by_day").on(table.day),
    check("access_token_uses_positive", sql`${table.uses} > 0`),
  ],
);

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

/**
 * A credential at GitLab or GitHub that registers a token's runners. If removed, or if its token is deleted, the row
 * stays until its runners are unregistered.
 */
export const versionControlAccesses = pgTable(
  "version_control_accesses",
  {
    id: id("vca"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    accessTokenId: text().references(() => accessTokens.id, { onDelete: "set null" }),
    providerType: text({ enum: providerTypes }).notNull(),
    /** Normalized (lib/version-control/provider-url.ts). */
    providerUrl: text().notNull(),
    tokenScope: text({ enum: tokenScopes }).notNull(),
    targetId: text().notNull(),
    /** The target's number at the provider, which survives a rename; null until a check has found it. */
    targetNumber: text(),
    /** Allowed tags of its runners; empty for any tags. */
    allowedTags: text().array().notNull().default([]),
    /** GitLab only: whether a runner registered without tags runs untagged jobs. */
    runUntagged: boolean().notNull().default(false),
    /** The credential, sealed for this row (lib/crypto). */
    sealedToken: bytes().notNull(),
    tokenSuffix: text().notNull(),
    acceptsPersonalToken: boolean().notNull(),
    /** Why the last check failed; null if it succeeded. */
    checkCode: text(),
    checkMessage: text(),
    checkedAt: instant().notNull().defaultNow(),
    /** When the background checks it again. An instance that is checking it has moved this on. */
    nextCheckAt: instant().notNull().default(sql`now() + interval '1 day'`),
    tokenExpiresAt: instant(),
    /** When the next message about its expiration is due; null after the last. A trigger sets it with `tokenExpiresAt`. */
    nextNoticeAt: instant(),
    /** Whether the admins were notified of its failed check. A trigger resets it when a check succeeds. */
    failureNotified: boolean().notNull().default(false),
    createdAt: createdAt(),
    removedAt: instant(),
    revision: revision(),
  },
  (table) => [
    uniqueIndex("version_control_accesses_url")
      .on(table.accessTokenId, table.providerUrl)
      .where(sql`removed_at is null`),
    // For the rest of a deleted token's accesses: its foreign key also checks removed ones.
    index("version_control_accesses_of_token").on(table.accessTokenId),
    index("version_control_accesses_expiring")
      .on(table.organizationId, table.tokenExpiresAt)
      .where(sql`removed_at is null and token_expires_at is not null`),
    index("version_control_accesses_failed")
      .on(table.organizationId)
      .where(sql`removed_at is null and check_code is not null`),
    index("version_control_accesses_due").on(table.nextCheckAt).where(sql`removed_at is null`),
    index("version_control_accesses_notices")
      .on(table.nextNoticeAt)
      .where(sql`removed_at is null and next_notice_at is not null`),
    index("version_control_accesses_failure_notices")
      .on(table.id)
      .where(sql`removed_at is null and check_code is not null and not failure_notified`),
    check("version_control_accesses_provider", oneOf(table.providerType, providerTypes)),
    check("version_control_accesses_scope", oneOf(table.tokenScope, tokenScopes)),
    check("version_control_accesses_untagged", sql`not ${table.runUntagged} or ${table.providerType} = 'gitlab'`),
    check("version_control_accesses_tags", sql`cardinality(${table.allowedTags}) <= 50`),
    check("version_control_accesses_check", sql`(${table.checkCode} is null) = (${table.checkMessage} is null)`),
    check("version_control_accesses_owner", sql`${table.accessTokenId} is not null or ${table.removedAt} is not null`),
  ],
);

/** What is kept of a deleted token while its runners are unregistered. `expiresAt` is RFC 3339. */
export type StoredDeletedToken = { id: string; name: string; groupId: string | null; expiresAt: string };

/** A runner at a provider, from before its registration until it is known to be gone. */
export const runners = pgTable(
  "runners",
  {
    /** Also the end of the provider's description, by which an unrecorded runner is found. */
    id: id("run"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    accessId: text()
      .notNull()
      .references(() => versionControlAccesses.id),
    accessTokenId: text().references(() => accessTokens.id, { onDelete: "set null" }),
    state: text({ enum: runnerStates }).notNull(),
    remoteId: text(),
    /** The runner's own token, which removes it if the credential may only create. Sealed for this row. */
    sealedRunnerToken: bytes(),
    tags: text().array().notNull(),
    expiresAt: instant(),
    createdAt: createdAt(),
    /** Failed attempts to unregister it, and the last reason. */
    attempts: integer().notNull().default(0),
    lastError: text(),
    nextAttemptAt: instant().notNull().defaultNow(),
    /** Since when attempts to unregister it fail. */
    failingSince: instant(),
    failureNotified: boolean().notNull().default(false),
    /** Its token, if that was deleted. Null also if an older version deleted it. */
    deletedToken: jsonb().$type<StoredDeletedToken>(),
  },
  (table) => [
    index("runners_notices").on(table.failingSince).where(sql`failing_since is not null and not failure_notified`),
    index("runners_of_token").on(table.accessTokenId, table.createdAt),
    index("runners_of_access").on(table.accessId),
    index("runners_due").on(table.nextAttemptAt).where(sql`state <> 'registered'`),
    index("runners_stuck").on(table.organizationId).where(sql`state = 'unregistering' and attempts > 0`),
    check("runners_state", oneOf(table.state, runnerStates)),
  ],
);

/** The public fields of a token's environment variables. Their values are in `environments`. */
export const environmentVariables = pgTable(
  "environment_variables",
  {
    accessTokenId: text()
      .notNull()
      .references(() => accessTokens.id, { onDelete: "cascade" }),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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
  organizationId: text()
    .notNull()
    .references(() => organizations.id),
  /** Pairs of names and values as JSON, sealed for this row (lib/crypto). */
  sealedValues: bytes().notNull(),
});

/** One row for each creation or rotation with a retry key: a repeated key creates no second token or rotation. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    key: text().notNull(),
    /** SHA-256 of the request: the same key with another request is refused. */
    fingerprint: bytes().notNull(),
    accessTokenId: text().notNull(),
    /**
     * The secret that a rotation made with this key, so that a repeated key replaces only that one. Goes with the secret;
     * the key outlives its token, so that a repeated creation makes no other.
     */
    secretHash: bytes().references(() => accessTokenSecrets.hash, { onDelete: "set null" }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    // For the deletion of secrets.
    index("idempotency_keys_secret").on(table.secretHash).where(sql`secret_hash is not null`),
  ],
);

/** Append-only: triggers and grants refuse updates and deletes. Names are copied, since events outlive their owners. */
export const auditEvents = pgTable(
  "audit_events",
  {
    id: id("aud"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    /** The group or, without one, the organization whose log has the event. */
    ownerId: text().generatedAlwaysAs(sql`coalesce(group_id, organization_id)`).notNull(),
    occurredAt: createdAt(),
    actorId: text().notNull(),
    actorKind: text({ enum: userKinds }).notNull(),
    actorName: text().notNull(),
    accessTokenId: text(),
    action: text().notNull(),
    subjectId: text().notNull(),
    subjectName: text().notNull(),
    detail: jsonb().$type<Record<string, string | null>>().notNull(),
    channel: text({ enum: auditChannels }).notNull(),
    address: text(),
  },
  (table) => [
    // For the log and each of its filters, newest first, page by page.
    index("audit_events_of_owner").on(table.ownerId, table.occurredAt, table.id),
    index("audit_events_by_actor").on(table.ownerId, table.actorId, table.occurredAt, table.id),
    index("audit_events_by_actor_and_action").on(
      table.ownerId,
      table.actorId,
      table.action,
      table.occurredAt,
      table.id,
    ),
    index("audit_events_by_action").on(table.ownerId, table.action, table.occurredAt, table.id),
    index("audit_events_by_subject").on(table.ownerId, table.subjectId, table.occurredAt, table.id),
    index("audit_events_by_token")
      .on(table.ownerId, table.accessTokenId, table.occurredAt, table.id)
      .where(sql`access_token_id is not null`),
    check("audit_events_actor_kind", oneOf(table.actorKind, userKinds)),
    check("audit_events_channel", oneOf(table.channel, auditChannels)),
  ],
);

/** Events that are not in the chain yet: inserted with the event, deleted once it is sealed. */
export const unsealedAuditEvents = pgTable(
  "unsealed_audit_events",
  {
    organizationId: text().notNull(),
    eventId: text().notNull(),
    /** A MAC that only the application can compute. */
    proof: bytes().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.eventId] }),
    check("unsealed_audit_events_proof_length", sql`octet_length(${table.proof}) = 32`),
  ],
);

/** Each event's position in its organization's chain, and the hash over it and the previous hash. Append-only. */
export const auditChain = pgTable(
  "audit_chain",
  {
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    position: bigint({ mode: "number" }).notNull(),
    /** Not a foreign key: the chain must outlive a deleted event to reveal the deletion. */
    eventId: text().notNull().unique("audit_chain_event"),
    hash: bytes().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.position] }),
    check("audit_chain_hash_length", sql`octet_length(${table.hash}) = 32`),
  ],
);

/** What a group or an organization demands of its access tokens. Without a row, only the stricter bounds above hold. */
export const policies = pgTable(
  "policies",
  {
    /** The group or the organization. */
    ownerId: text().primaryKey(),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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

/** What the data of a message holds, as webhooks send it. Names are copied, since a message may outlive its token. */
export type NotificationData = {
  access_token: { id: string; name: string; group_id: string | null; organization_id: string; expires_at: string };
  version_control_access?: { id: string; provider_url: string };
  runner?: { id: string };
  days?: number;
};

/**
 * Messages about access tokens and stored credentials: written in the transaction of what they are about, or by the
 * look for thresholds, and delivered in the background.
 */
export const notifications = pgTable(
  "notifications",
  {
    id: id("ntf"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    /** The group or, without one, the organization whose admins get it. */
    ownerId: text().generatedAlwaysAs(sql`coalesce(group_id, organization_id)`).notNull(),
    type: text({ enum: notificationTypes }).notNull(),
    /** Not a foreign key: a message may outlive its token. */
    accessTokenId: text().notNull(),
    data: jsonb().$type<NotificationData>().notNull(),
    /** Names what a message is sent about once, such as a threshold of a token; null for events. */
    key: text().unique("notifications_key"),
    createdAt: createdAt(),
    /** When its deliveries were made. */
    sentAt: instant(),
    /** Messages that are one e-mail. */
    batchId: text(),
  },
  (table) => [
    foreignKey({
      name: "notifications_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    index("notifications_of_group").on(table.groupId).where(sql`group_id is not null`),
    index("notifications_unsent").on(table.createdAt).where(sql`sent_at is null`),
    index("notifications_unsent_of_owner")
      .on(table.ownerId, table.type, sql`(data->>'days')`, table.createdAt)
      .where(sql`sent_at is null`),
    index("notifications_of_batch").on(table.batchId, table.createdAt).where(sql`batch_id is not null`),
    // For their deletion: those with a key are kept for longer.
    index("notifications_sent").on(table.sentAt).where(sql`key is null`),
    index("notifications_sent_once").on(table.sentAt).where(sql`key is not null`),
    check("notifications_type", oneOf(table.type, notificationTypes)),
    check("notifications_sent_batch", sql`${table.batchId} is null or ${table.sentAt} is not null`),
  ],
);

/** How the admins of a group or an organization are notified. Without a row, by e-mail. */
export const notificationSettings = pgTable(
  "notification_settings",
  {
    /** The group or the organization. */
    ownerId: text().primaryKey(),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    emailToAdmins: boolean().notNull().default(true),
  },
  (table) => [
    foreignKey({
      name: "notification_settings_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    check("notification_settings_owner", sql`${table.ownerId} = coalesce(${table.groupId}, ${table.organizationId})`),
  ],
);

/** E-mails about a batch of messages, one for each admin. */
export const notificationEmails = pgTable(
  "notification_emails",
  {
    /** Also the e-mail's Message-ID, so that a repeated one can be recognized. */
    id: id("dlv"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    /** The group or, without one, the organization whose messages they are. */
    ownerId: text().generatedAlwaysAs(sql`coalesce(group_id, organization_id)`).notNull(),
    batchId: text().notNull(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    state: text({ enum: deliveryStates }).notNull().default("pending"),
    createdAt: createdAt(),
    firstAttemptAt: instant(),
    nextAttemptAt: instant().notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: "notification_emails_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    unique("notification_emails_recipient").on(table.batchId, table.userId),
    index("notification_emails_of_group").on(table.groupId).where(sql`group_id is not null`),
    index("notification_emails_of_user").on(table.userId),
    index("notification_emails_due").on(table.nextAttemptAt).where(sql`state = 'pending'`),
    index("notification_emails_by_created").on(table.createdAt),
    check("notification_emails_state", oneOf(table.state, deliveryStates)),
  ],
);

/** Addresses that get a group's or an organization's messages, signed (Standard Webhooks). */
export const webhooks = pgTable(
  "webhooks",
  {
    id: id("whk"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    ownerId: text().generatedAlwaysAs(sql`coalesce(group_id, organization_id)`).notNull(),
    url: text().notNull(),
    events: text({ enum: notificationTypes }).array().notNull(),
    /** The signing secret, sealed for this row (lib/crypto). */
    sealedSecret: bytes().notNull(),
    createdAt: createdAt(),
    /** Since when all attempts fail; null after a success. */
    failingSince: instant(),
    pausedAt: instant(),
  },
  (table) => [
    foreignKey({
      name: "webhooks_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    index("webhooks_of_owner").on(table.ownerId, table.createdAt),
    index("webhooks_paused").on(table.ownerId).where(sql`paused_at is not null`),
    check("webhooks_url_length", sql`char_length(${table.url}) <= 2048`),
    check("webhooks_events", sql`cardinality(${table.events}) > 0`),
  ],
);

/** A message on its way to a webhook. Its id is the `webhook-id`, which stays the same over attempts. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: id("dlv"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    webhookId: text()
      .notNull()
      .references(() => webhooks.id, { onDelete: "cascade" }),
    /** Null for a test message. */
    notificationId: text().references(() => notifications.id, { onDelete: "cascade" }),
    state: text({ enum: deliveryStates }).notNull().default("pending"),
    attempts: integer().notNull().default(0),
    createdAt: createdAt(),
    firstAttemptAt: instant(),
    lastAttemptAt: instant(),
    nextAttemptAt: instant().notNull().defaultNow(),
    /** The receiver's last answer, or why it did not answer. Cleaned, at most 200 characters. */
    answer: text(),
  },
  (table) => [
    unique("webhook_deliveries_message").on(table.webhookId, table.notificationId),
    index("webhook_deliveries_of_webhook").on(table.webhookId, table.createdAt),
    index("webhook_deliveries_of_notification").on(table.notificationId),
    index("webhook_deliveries_due").on(table.nextAttemptAt).where(sql`state = 'pending'`),
    index("webhook_deliveries_by_created").on(table.createdAt),
    check("webhook_deliveries_state", oneOf(table.state, deliveryStates)),
    check("webhook_deliveries_answer_length", sql`char_length(${table.answer}) <= 200`),
  ],
);

/** A link to the expirations of a group or an organization, for calendar programs, which have no other credential. */
export const calendars = pgTable(
  "calendars",
  {
    id: id("cal"),
    /** The group or, without one, the organization. Each has at most one link. */
    ownerId: text().notNull().unique("calendars_owner"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    groupId: text(),
    /** SHA-256 of the link's secret, which is not stored. */
    secretHash: bytes().notNull().unique("calendars_secret"),
    createdById: text()
      .notNull()
      .references(() => users.id),
    createdAt: createdAt(),
  },
  (table) => [
    foreignKey({
      name: "calendars_group",
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete("cascade"),
    check("calendars_owner_id", sql`${table.ownerId} = coalesce(${table.groupId}, ${table.organizationId})`),
    check("calendars_secret_length", sql`octet_length(${table.secretHash}) = 32`),
  ],
);

/** A link that lets one person join the organization, once and within seven days. */
export const invitations = pgTable(
  "invitations",
  {
    id: id("inv"),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
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
