import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { providerTypes } from "../enums";
import { ofAccessToken } from "./access-tokens";
import { bytes, createdAt, id, instant, oneOf } from "./columns";
import { ofOrganization, users } from "./people";

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
    organizationId: ofOrganization(),
    accessTokenId: ofAccessToken(),
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
    organizationId: ofOrganization(),
    accessTokenId: ofAccessToken(),
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
