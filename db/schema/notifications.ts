import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import { deliveryStates, notificationTypes } from "../enums";
import { bytes, createdAt, id, instant, oneOf } from "./columns";
import { groups, ofOrganization, users } from "./people";

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
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
    organizationId: ofOrganization(),
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
