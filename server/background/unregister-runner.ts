import { z } from "zod";
import { findDueRunners, leaveToJobs, longestRetryDelay, tryToUnregister } from "@/lib/runners/unregister";
import { type Queue, RetryJob, type Send } from "./job-queue";

const name = "unregister-runner";
const data = z.object({ runnerId: z.string() });

/**
 * One job for each runner, so that a slow provider delays only its own: an instance works on one runner of an access
 * and on five accesses at a time.
 */
export const unregisterRunner: Queue = {
  name,
  options: {
    policy: "exclusive",
    retryLimit: 24,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: longestRetryDelay,
    // Longer than one runner takes, even with a search through fifty pages.
    expireInSeconds: 600,
    deleteAfterSeconds: 86_400,
  },
  concurrency: { workers: 5, perGroup: 1 },
  handle: async (job) => {
    if ((await tryToUnregister(data.parse(job).runnerId)) === "failed") throw new RetryJob();
  },
};

/** Finds due runners: those not found before, whose registration was abandoned, or whose job was lost or gave up. */
export const findRunnersToUnregister: Queue = {
  name: "find-runners-to-unregister",
  options: { policy: "standard", retryLimit: 0, expireInSeconds: 60, deleteAfterSeconds: 86_400 },
  everySeconds: 60,
  handle: (_, send) => sendDueRunners(send),
};

/** Runners that have a job already are left out by the queue's policy. */
export async function sendDueRunners(send: Send): Promise<void> {
  let due = await findDueRunners();
  while (due.length > 0) {
    const jobs = due.map(({ id, accessId }) => ({ data: { runnerId: id }, singletonKey: id, group: { id: accessId } }));
    await send(name, jobs);
    await leaveToJobs(due.map(({ id }) => id));
    due = await findDueRunners();
  }
}
