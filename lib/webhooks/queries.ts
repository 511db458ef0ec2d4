import { asc, desc, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { notifications, webhookDeliveries, webhooks } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { notFound } from "@/lib/errors";
import { type Delivery, type Webhook, webhookColumns } from "./webhook";

/** Deliveries of a webhook that are listed: the last ones. */
const listed = 5;

export type ListedWebhook = Webhook & { deliveries: Delivery[] };

/** All webhooks of the group or organization, each with its last deliveries, newest first. */
export async function listWebhooks(actor: Actor, scope: Scope): Promise<ListedWebhook[]> {
  await authorize(db, actor, scope, "settings:manage");
  const ofOwner = eq(webhooks.ownerId, ownerOf(scope));
  const found = await db.select(webhookColumns).from(webhooks).where(ofOwner).orderBy(asc(webhooks.createdAt));
  const last = selectDeliveries()
    .where(eq(webhookDeliveries.webhookId, webhooks.id))
    .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
    .limit(listed)
    .as("last");
  const { id, webhookId, state, attempts, createdAt, lastAttemptAt, answer, type } = last;
  const rows = await db
    .select({ id, webhookId, state, attempts, createdAt, lastAttemptAt, answer, type })
    .from(webhooks)
    .innerJoinLateral(last, sql`true`)
    .where(ofOwner)
    .orderBy(desc(createdAt), desc(id));
  const byWebhook = Map.groupBy(rows, (row) => row.webhookId);
  return found.map((webhook) => ({
    ...webhook,
    deliveries: (byWebhook.get(webhook.id) ?? []).map(deliveryOf),
  }));
}

/** For commands, which have authorized the actor. */
export async function findDelivery(id: string): Promise<Delivery> {
  const [row] = await selectDeliveries().where(eq(webhookDeliveries.id, id));
  if (!row) throw notFound("This delivery");
  return deliveryOf(row);
}

function selectDeliveries() {
  const { id, webhookId, state, attempts, createdAt, lastAttemptAt, answer } = webhookDeliveries;
  return db
    .select({ id, webhookId, state, attempts, createdAt, lastAttemptAt, answer, type: notifications.type })
    .from(webhookDeliveries)
    .leftJoin(notifications, eq(notifications.id, webhookDeliveries.notificationId))
    .$dynamic();
}

type Row = Omit<Delivery, "type"> & { type: Delivery["type"] | null };

function deliveryOf({ id, type, state, attempts, createdAt, lastAttemptAt, answer }: Row): Delivery {
  return { id, type: type ?? "test", state, attempts, createdAt, lastAttemptAt, answer };
}
