import { PgBoss } from "pg-boss";
import { SettingsError } from "@/lib/env";
import { log } from "@/lib/log";
import { unregisterDueRunners } from "@/lib/version-control/runner-jobs";

const queue = "unregister-runners";
// pg-boss hands it on to pg: without it a worker would wait for ever for a database that was cut off without a word.
const patience = 10_000;

/**
 * Starts the background that unregisters runners: every minute, and when it is told that there is work. What is due
 * stands in the runners' own rows; the queue only says when to look, for all instances together.
 */
export async function startRunnerJobs(databaseUrl: string): Promise<() => Promise<void>> {
  const connection = {
    connectionString: databaseUrl,
    application_name: "vehaas-jobs",
    max: 2,
    query_timeout: patience,
  };
  const boss = new PgBoss(connection);
  boss.on("error", (error) => log.warn({ err: error }, "the job queue has a problem"));
  await begin(boss);
  await boss.createQueue(queue);
  await boss.work(queue, { pollingIntervalSeconds: 1 }, async () => {
    await unregisterDueRunners();
  });
  await boss.schedule(queue, "* * * * *");
  globalThis.vehaasWakeRunnerJobs = (afterSeconds) => {
    boss
      .send(queue, {}, { startAfter: afterSeconds, retryLimit: 0 })
      .catch((error) => log.warn({ err: error }, "the job queue could not be told of work"));
  };
  return async () => {
    globalThis.vehaasWakeRunnerJobs = undefined;
    await boss.stop({ graceful: true, timeout: 3000 });
  };
}

async function begin(boss: PgBoss): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no answer";
    throw new SettingsError([`DATABASE_URL's user can't make or use the schema pgboss for background work: ${reason}`]);
  }
}
