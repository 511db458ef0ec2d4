import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { providerTypes, runnerStates, tokenScopes } from "../enums";
import { accessTokens } from "./access-tokens";
import { bytes, createdAt, id, instant, oneOf, revision } from "./columns";
import { ofOrganization } from "./people";

/**
 * A credential at GitLab or GitHub that registers a token's runners. If removed, or if its token is deleted, the row
 * stays until its runners are unregistered.
 */
export const versionControlAccesses = pgTable(
  "version_control_accesses",
  {
    id: id("vca"),
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
