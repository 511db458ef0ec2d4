import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { type DeliveryState, type NotificationType, notificationTypes } from "@/db/enums";
import { givenId } from "@/db/ids";
import { webhooks } from "@/db/schema";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import type { SealedAt } from "@/lib/crypto/seal";
import { type DomainError, notFound } from "@/lib/errors";

/** What a webhook may be sent. */
export const webhookEvents = notificationTypes;

/** A message on its way to a webhook, or its end. `answer` is the receiver's, or the reason why there is none. */
export type Delivery = {
  id: string;
  type: NotificationType | "test";
  state: DeliveryState;
  attempts: number;
  createdAt: Date;
  lastAttemptAt: Date | null;
  answer: string | null;
};

export type Webhook = {
  id: string;
  url: string;
  events: NotificationType[];
  createdAt: Date;
  /** Since when all attempts fail. */
  failingSince: Date | null;
  pausedAt: Date | null;
};

// Listed one by one: sealed_secret must not leave this folder.
export const webhookColumns = {
  id: webhooks.id,
  url: webhooks.url,
  events: webhooks.events,
  createdAt: webhooks.createdAt,
  failingSince: webhooks.failingSince,
  pausedAt: webhooks.pausedAt,
};

/** A signing secret in the form of Standard Webhooks. */
export function generateSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** The place for which a webhook's signing secret is sealed. */
export function signingSecretSealedAt({ id, organizationId }: { id: string; organizationId: string }): SealedAt {
  return { organizationId, table: "webhooks", column: "sealed_secret", rowId: id };
}

/** Matches a webhook of this scope. */
export function ownWebhook(scope: Scope, webhookId: string) {
  return and(eq(webhooks.id, givenId(webhookId)), eq(webhooks.ownerId, ownerOf(scope)));
}

export function noWebhook(): DomainError {
  return notFound("This webhook");
}

/** How messages and the audit log name a webhook: the rest of its URL may be a secret. */
export function hostIn(url: string): string {
  return new URL(url).host;
}
