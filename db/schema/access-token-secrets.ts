import { sql } from "drizzle-orm";
import { boolean, check, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { secretEnds } from "../enums";
import { ofAccessToken } from "./access-tokens";
import { bytes, createdAt, id, instant, oneOf } from "./columns";
import { ofOrganization, users } from "./people";
import { type StoredJob, trustedPipelines } from "./trusted-pipelines";

/**
 * A token's secrets: the current one, which has no end of its own, after a rotation the retiring one, and those that have
 * ended; a token with trusted pipelines may be without a current one. They change only while the token's row is locked.
 */
export const accessTokenSecrets = pgTable(
  "access_token_secrets",
  {
    /** SHA-256 of the secret, which is not stored. */
    hash: bytes().primaryKey(),
    organizationId: ofOrganization(),
    accessTokenId: ofAccessToken(),
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

/** One row for each creation or rotation with a retry key: a repeated key creates no second token or rotation. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    organizationId: ofOrganization(),
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
