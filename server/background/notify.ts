import { z } from "zod";
import { log } from "@/lib/log";
import { notifyOfExpiringCredentials, notifyOfFailedCredentials } from "@/lib/notifications/due-credentials";
import { notifyOfStuckRunners } from "@/lib/notifications/due-runners";
import { notifyOfTokens } from "@/lib/notifications/due-tokens";
import { forgetNotifications } from "@/lib/notifications/forget";
import { makeDeliveries } from "@/lib/notifications/make-deliveries";
import { findDueEmails, leaveEmailsToJobs, longestPause, tryToSendEmail } from "@/lib/notifications/send-email";
import { findDueDeliveries, leaveDeliveriesToJobs, mostAtOnce, tryToDeliver } from "@/lib/webhooks/deliver";
import { type Queue, RetryJob, type Send } from "./job-queue";

const scheduled: Queue["options"] = {
  policy: "standard",
  retryLimit: 0,
  expireInSeconds: 600,
  deleteAfterSeconds: 86_400,
};

/** More than 24 hours of retries. The row's own time ends them. */
const delivery: Queue["options"] = {
  policy: "exclusive",
  retryLimit: 60,
  retryDelay: 15,
  retryBackoff: true,
  retryDelayMax: longestPause,
  // Longer than the longest attempt.
  expireInSeconds: 60,
  deleteAfterSeconds: 86_400,
};

const data = z.object({ id: z.string() });

/** Sends one e-mail to one admin, so that a refused recipient delays no other. */
const sendNotificationEmail: Queue = {
  name: "send-notification-email",
  options: delivery,
  concurrency: { workers: 2 },
  handle: async (job) => {
    if ((await tryToSendEmail(data.parse(job).id)) === "failed") throw new RetryJob();
  },
};

/** Delivers one message to one webhook: an instance sends one to a webhook and to five webhooks at a time. */
const deliverToWebhook: Queue = {
  name: "deliver-to-webhook",
  options: delivery,
  concurrency: { workers: 5, perGroup: 1 },
  handle: async (job) => {
    if ((await tryToDeliver(data.parse(job).id)) === "failed") throw new RetryJob();
  },
};

/** Makes the deliveries of recorded messages, and jobs for those that are due: also if their job was lost. */
export const deliverNotifications: Queue = {
  name: "deliver-notifications",
  options: scheduled,
  everySeconds: 60,
  handle: async (_, send) => {
    while (await makeDeliveries()) await sendDue(send);
    await sendDue(send);
  },
};

/** Looks for what has come near its expiration or has failed, and has what it records delivered at once. */
export const findDueNotifications: Queue = {
  name: "find-due-notifications",
  options: scheduled,
  everySeconds: 60,
  handle: async (_, send) => {
    const looks = [notifyOfTokens, notifyOfExpiringCredentials, notifyOfFailedCredentials, notifyOfStuckRunners];
    for (const look of looks) await untilNothingIsDue(look);
    await send(deliverNotifications.name, [{}]);
  },
};

/** A look that fails doesn't keep the others from their turn. Its own comes again with the next job. */
async function untilNothingIsDue(look: () => Promise<boolean>): Promise<void> {
  try {
    while (await look());
  } catch (error) {
    log.error({ err: error, look: look.name }, "a look for due notifications failed");
  }
}

/** Deletes deliveries and messages that were kept for long enough. */
export const forgetOldNotifications: Queue = {
  name: "forget-notifications",
  options: scheduled,
  everySeconds: 3600,
  handle: async () => {
    while (await forgetNotifications());
  },
};

export const notificationQueues: Queue[] = [
  findDueNotifications,
  deliverNotifications,
  sendNotificationEmail,
  deliverToWebhook,
  forgetOldNotifications,
];

/** What has a job already is left out by the queue's policy. */
async function sendDue(send: Send): Promise<void> {
  let emails = await findDueEmails();
  while (emails.length > 0) {
    const prioritized = withPriorities(emails, ({ ownerId }) => ownerId);
    await send(
      sendNotificationEmail.name,
      prioritized.map(({ id, priority }) => ({ data: { id }, singletonKey: id, priority })),
    );
    await leaveEmailsToJobs(emails.map(({ id }) => id));
    emails = await findDueEmails();
  }
  let deliveries = await findDueDeliveries();
  while (deliveries.length > 0) {
    const prioritized = withPriorities(deliveries, ({ webhookId }) => webhookId);
    const jobs = prioritized.map(({ id, webhookId, isFailing, priority }) => ({
      data: { id },
      singletonKey: id,
      group: { id: webhookId },
      priority: isFailing ? priority - mostAtOnce : priority,
    }));
    await send(deliverToWebhook.name, jobs);
    await leaveDeliveriesToJobs(deliveries.map(({ id }) => id));
    deliveries = await findDueDeliveries();
  }
}

/**
 * The first message of each owner or webhook comes before the second of any, so that many messages of one don't delay
 * those of others.
 */
function withPriorities<T>(due: readonly T[], partyOf: (one: T) => string): (T & { priority: number })[] {
  const before = new Map<string, number>();
  return due.map((one) => {
    const place = before.get(partyOf(one)) ?? 0;
    before.set(partyOf(one), place + 1);
    return { ...one, priority: 0 - place };
  });
}
