import { sql } from "drizzle-orm";
import { bigint, check, index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { auditChannels, userKinds } from "../enums";
import { bytes, createdAt, id, oneOf } from "./columns";
import { ofOrganization } from "./people";

/** Append-only: triggers and grants refuse updates and deletes. Names are copied, since events outlive their owners. */
export const auditEvents = pgTable(
  "audit_events",
  {
    id: id("aud"),
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
