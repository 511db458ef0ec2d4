import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { isDue, notifications, webhookDeliveries, webhooks } from "@/db/schema";
import { openSealed } from "@/lib/audit/open-sealed";
import { recordAuditEvent } from "@/lib/audit/record";
import { system } from "@/lib/auth/actor";
import { SealError } from "@/lib/crypto/aes-gcm";
import { type Answer, sendSigned } from "./send";
import { hostIn, signingSecretSealedAt } from "./webhook";

/** Seconds. The queue retries a failed attempt by then. Afterwards the delivery is due again, if its job was lost. */
export const longestPause = 3600;
/** A failure this long after the first attempt is the last one. */
const triedFor = sql`interval '24 hours'`;
/** A webhook that has failed for this long is paused. */
const pausedAfter = sql`interval '3 days'`;
export const mostAtOnce = 1000;

/** `isFailing`: the last attempt to reach the webhook failed. */
export type DueDelivery = { id: string; webhookId: string; isFailing: boolean };

/** Deliveries that have to be tried now: at most a thousand, those that have been due longest. */
export function findDueDeliveries(): Promise<DueDelivery[]> {
  return db
    .select({
      id: webhookDeliveries.id,
      webhookId: webhooks.id,
      isFailing: sql<boolean>`${webhooks.failingSince} is not null`,
    })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(and(eq(webhookDeliveries.state, "pending"), isDue(webhookDeliveries.nextAttemptAt)))
    .orderBy(asc(webhookDeliveries.nextAttemptAt))
    .limit(mostAtOnce);
}

/** For due deliveries that have a job now. They are due again later, if it was lost. */
export async function leaveDeliveriesToJobs(ids: string[]): Promise<void> {
  await db
    .update(webhookDeliveries)
    .set({ nextAttemptAt: sql`now() + make_interval(secs => ${2 * longestPause})` })
    .where(sql`${webhookDeliveries.id} = any(${sql.param(ids)}) and ${isDue(webhookDeliveries.nextAttemptAt)}`);
}

/** Tries to deliver a message. `failed`: the caller retries. The answer is recorded where the settings show it. */
export async function tryToDeliver(id: string): Promise<"done" | "failed"> {
  const found = await findPending(id);
  if (!found) return "done";
  const { delivery, webhook, message } = found;
  if (webhook.pausedAt) return end(id);
  const body = JSON.stringify({
    type: message?.type ?? "test",
    timestamp: (message?.createdAt ?? delivery.createdAt).toISOString(),
    data: message?.data ?? {},
  });
  const secret = await openSecret(webhook);
  const answer = secret.text
    ? await sendSigned({ id, body }, { url: webhook.url, secret: secret.text })
    : { isAccepted: false, answer: secret.problem ?? "" };
  return db.transaction((tx) => record(tx, found, answer));
}

type Pending = NonNullable<Awaited<ReturnType<typeof findPending>>>;

async function findPending(id: string) {
  const [found] = await db
    .select({ delivery: webhookDeliveries, webhook: webhooks, message: notifications })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .leftJoin(notifications, eq(notifications.id, webhookDeliveries.notificationId))
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.state, "pending")));
  return found;
}

/** A secret that was changed outside of this service counts as a failure. */
async function openSecret(webhook: Pending["webhook"]): Promise<{ text?: string; problem?: string }> {
  try {
    return { text: await openSealed(db, signingSecretSealedAt(webhook), webhook.sealedSecret) };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { problem: error.message };
  }
}

async function record(
  tx: Tx,
  { delivery, webhook }: Pending,
  { isAccepted, answer }: Answer,
): Promise<"done" | "failed"> {
  // First, so that two deliveries of one webhook don't wait for each other.
  const [current] = await tx.select().from(webhooks).where(eq(webhooks.id, webhook.id)).for("no key update");
  if (!current) return "done";
  const isTest = delivery.notificationId === null;
  const isOver = sql`${isTest} or now() >= ${webhookDeliveries.firstAttemptAt} + ${triedFor}`;
  const [recorded] = await tx
    .update(webhookDeliveries)
    .set({
      attempts: sql`${webhookDeliveries.attempts} + 1`,
      firstAttemptAt: sql`coalesce(${webhookDeliveries.firstAttemptAt}, now())`,
      lastAttemptAt: sql`now()`,
      nextAttemptAt: sql`now() + make_interval(secs => ${2 * longestPause})`,
      answer,
      state: isAccepted ? "delivered" : sql`case when ${isOver} then 'failed' else 'pending' end`,
    })
    .where(and(eq(webhookDeliveries.id, delivery.id), eq(webhookDeliveries.state, "pending")))
    .returning({ state: webhookDeliveries.state });
  if (isAccepted) await tx.update(webhooks).set({ failingSince: null }).where(eq(webhooks.id, webhook.id));
  else if (!isTest && !current.pausedAt && (await noteFailure(tx, current))) return "done";
  return recorded?.state === "pending" ? "failed" : "done";
}

/** True if the webhook has failed for so long that it is paused now. */
async function noteFailure(tx: Tx, webhook: Pending["webhook"]): Promise<boolean> {
  const { failingSince } = webhooks;
  const [noted] = await tx
    .update(webhooks)
    .set({
      failingSince: sql`coalesce(${failingSince}, now())`,
      pausedAt: sql`case when ${failingSince} <= now() - ${pausedAfter} then now() end`,
    })
    .where(and(eq(webhooks.id, webhook.id), isNull(webhooks.pausedAt)))
    .returning({ pausedAt: webhooks.pausedAt, failingSince });
  if (!noted?.pausedAt) return false;
  await tx
    .update(webhookDeliveries)
    .set({ state: "failed" })
    .where(and(eq(webhookDeliveries.webhookId, webhook.id), eq(webhookDeliveries.state, "pending")));
  await recordAuditEvent(tx, system, webhook, {
    action: "webhook.paused",
    subject: { id: webhook.id, name: hostIn(webhook.url) },
    detail: { failing_since: noted.failingSince?.toISOString() ?? null },
  });
  return true;
}

async function end(id: string): Promise<"done"> {
  const isPending = and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.state, "pending"));
  await db.update(webhookDeliveries).set({ state: "failed" }).where(isPending);
  return "done";
}
