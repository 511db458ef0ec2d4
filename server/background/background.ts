import { actOnLeakReports } from "@/lib/leaks/act";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";
import type { OpenDatabase } from "@/server/start/open-database";
import { auditChainWork } from "./audit-chain";
import { checkCredentials } from "./check-credentials";
import { forgetExchanges } from "./forget-exchanges";
import { forgetUses } from "./forget-uses";
import { prepareJobQueue, type Queue, startJobQueue } from "./job-queue";
import { notificationQueues } from "./notify";
import { forgetSecrets, retireSecrets } from "./retire-secrets";
import { revokeUnused } from "./revoke-unused";
import { startTimer, type TimedWork } from "./timer";
import { findRunnersToUnregister, sendDueRunners, unregisterRunner } from "./unregister-runner";

/** Every kind of background job. A new one is a file beside this one, and an entry here. */
const queues: Queue[] = [
  unregisterRunner,
  findRunnersToUnregister,
  forgetUses,
  retireSecrets,
  forgetSecrets,
  checkCredentials,
  revokeUnused,
  ...notificationQueues,
  forgetExchanges,
];

/**
 * Starts what runs beside requests: the job queue, for work that may wait or has to be retried, and the timer. With the
 * owner's address it creates the queues first. Returns a function that stops both.
 */
export async function startBackground({ owner, grantee }: OpenDatabase): Promise<() => Promise<void>> {
  if (owner) await prepareJobQueue(owner, grantee, queues);
  const session = { connectionString: process.env.DATABASE_URL, role: process.env.DATABASE_ROLE };
  const jobs = await startJobQueue(session, queues);
  const chain = auditChainWork();
  const work: TimedWork[] = [
    ...chain.work,
    { name: "acting on reports of leaked secrets", run: actOnLeakReports },
    { name: "sending scheduled jobs", everySeconds: 60, run: jobs.sendScheduled },
    {
      name: "sending jobs for released runners",
      everySeconds: 1,
      run: async () => {
        if (!processWide.hasDueRunners) return;
        processWide.hasDueRunners = false;
        await sendDueRunners(jobs.send);
      },
    },
  ];
  const stopTimer = startTimer(work);
  return async () => {
    // The queue last: the timer sends jobs, and writes what is in memory even if the queue can't be stopped.
    await stopTimer();
    await chain.logHeads().catch((error) => log.warn({ err: error }, "the audit log's heads could not be logged"));
    await jobs.stop();
  };
}
