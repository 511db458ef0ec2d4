import { log } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";
import { unregisterDueRunners } from "@/lib/runners/unregister-due";
import type { OpenDatabase } from "@/server/start/open-database";
import { prepareJobQueue, startJobQueue } from "./job-queue";

const queue = "unregister-runners";
const everyMs = 60_000;

/**
 * Starts unregistering runners in the background: every minute, and on a wake-up call. The runners' rows contain what
 * is due; the queue only triggers the work across all instances. With the owner's address it creates the queue first.
 */
export async function startRunnerJobs({ owner, grantee }: OpenDatabase): Promise<() => Promise<void>> {
  if (owner) await prepareJobQueue(owner, grantee, [queue]);
  const { boss, stop } = await startJobQueue({
    connectionString: process.env.DATABASE_URL,
    role: process.env.DATABASE_ROLE,
  });
  await boss.work(queue, { pollingIntervalSeconds: 1 }, async () => {
    await unregisterDueRunners();
  });
  const send = (options: { startAfter?: number; singletonSeconds?: number }) => {
    boss
      .send(queue, {}, { ...options, retryLimit: 0 })
      .catch((error) => log.warn({ err: error }, "a job could not be queued"));
  };
  // One job a minute, whatever the number of instances.
  const timer = setInterval(() => send({ singletonSeconds: everyMs / 1000 }), everyMs).unref();
  processWide.wakeRunnerJobs = (afterSeconds) => send({ startAfter: afterSeconds });
  return async () => {
    processWide.wakeRunnerJobs = undefined;
    clearInterval(timer);
    await stop();
  };
}
