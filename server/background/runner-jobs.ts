import { log } from "@/lib/log";
import { unregisterDueRunners } from "@/lib/runners/unregister-due";
import type { OpenDatabase } from "@/server/start/open-database";
import { prepareJobQueue, startJobQueue } from "./job-queue";

const queue = "unregister-runners";
const everyMs = 60_000;

/**
 * Starts the background that unregisters runners: every minute, and when it is told that there is work. What is due
 * stands in the runners' own rows; the queue only says when to look, for all instances together. Where
 * the tables' owner's address is known, the queue is made first.
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
      .catch((error) => log.warn({ err: error }, "the job queue could not be told of work"));
  };
  // However many instances there are, one job a minute.
  const timer = setInterval(() => send({ singletonSeconds: everyMs / 1000 }), everyMs).unref();
  globalThis.vehaasWakeRunnerJobs = (afterSeconds) => send({ startAfter: afterSeconds });
  return async () => {
    globalThis.vehaasWakeRunnerJobs = undefined;
    clearInterval(timer);
    await stop();
  };
}
