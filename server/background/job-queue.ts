import { type JobInsert, PgBoss, type QueueOptions, type QueuePolicy, type WorkOptions } from "pg-boss";
import { grantQueue } from "@/db/application-role";
import { DeadlinePool } from "@/db/pool/deadline-pool";
import { nameOfConnections } from "@/db/schema-version";
import { type Address, asRefusal, openSession, reasonOf } from "@/db/session/open-session";
import type { SessionConfig } from "@/db/session/session";
import { SettingsError } from "@/lib/env";
import { log } from "@/lib/log";
import type { JobOutcome } from "@/lib/metrics/instruments";
import { processWide } from "@/lib/process/process-wide";

/** Adds jobs to a queue, with one statement. Its policy drops those that it has already. */
export type Send = (queue: string, jobs: JobInsert[]) => Promise<void>;

export type Queue = {
  name: string;
  /** Retries, times and retention, in pg-boss's terms. The policy can't be changed once the queue exists. */
  options: QueueOptions & { policy: QueuePolicy };
  /** How many jobs an instance works on at once, in pg-boss's terms. */
  concurrency?: { workers: number; perGroup?: number };
  /** Sends an empty job every so many seconds, one for all instances. At least 60. */
  everySeconds?: number;
  /** Works on one job. A job whose handler throws is retried; `RetryJob` is not logged. */
  handle: (data: unknown, send: Send) => Promise<void>;
};

/** Thrown by a handler that has recorded the reason itself. */
export class RetryJob extends Error {}

export type JobQueue = { boss: PgBoss; send: Send; sendScheduled: () => Promise<void>; stop: () => Promise<void> };

// Used on both ends: ours notices a database that was cut off silently, and the server's ends statements that were given
// up. Those that it can't end, such as commits that wait for a synchronous standby, keep counting as connections.
const timeout = 10_000;
const pollingIntervalSeconds = 2;

/**
 * Creates or updates pg-boss's tables and the queues as the owner, and grants them to the serving login. A lock that only
 * the tables' owner can take serializes concurrent starts.
 */
export async function prepareJobQueue(owner: Address, grantee: string | undefined, queues: Queue[]): Promise<void> {
  const client = await openSession(owner);
  try {
    await client.query("begin");
    await client.query("lock table drizzle.__drizzle_migrations in share row exclusive mode");
    await install(owner, queues);
    if (grantee) await grantQueue(client, grantee);
    await client.query("commit");
  } catch (error) {
    throw asRefusal(error, owner.setting);
  } finally {
    await client.end();
  }
}

async function install({ url }: Address, queues: Queue[]): Promise<void> {
  // An upgrade of pg-boss's tables has no timeout.
  const { boss, stop } = open(
    { connectionString: url, patience: Number.POSITIVE_INFINITY },
    { migrate: true, supervise: false },
  );
  try {
    await boss.start();
    for (const { name, options } of queues) {
      const { policy, ...changeable } = options;
      // Creating a queue takes an advisory lock, which any role that can connect can hold.
      if (await boss.getQueue(name)) await boss.updateQueue(name, changeable);
      else await boss.createQueue(name, { policy, ...changeable });
    }
  } finally {
    await stop();
  }
}

/** Starts working on the queues, without creating anything. */
export async function startJobQueue(session: SessionConfig, queues: Queue[]): Promise<JobQueue> {
  const limits = { patience: timeout, longestStatement: timeout };
  const { boss, stop } = open({ ...session, ...limits }, { migrate: false, supervise: true });
  try {
    await boss.start();
    for (const { name } of queues) if (!(await boss.getQueue(name))) throw new Error(`the queue ${name} is missing`);
  } catch (error) {
    await stop();
    const what = "the queue in the schema pgboss, which a start with the tables' owner's address makes and grants";
    throw new SettingsError([`DATABASE_URL's user can't use ${what}: ${reasonOf(error)}`]);
  }
  const workers = new Map<string, string[]>();
  const send: Send = async (queue, jobs) => {
    if (jobs.length > 0) await boss.insert(queue, jobs);
    for (const worker of workers.get(queue) ?? []) boss.notifyWorker(worker);
  };
  for (const queue of queues) workers.set(queue.name, await startWorkers(boss, queue, send));
  const sendScheduled = async () => {
    for (const { name, everySeconds } of queues)
      if (everySeconds) await boss.send(name, {}, { singletonSeconds: everySeconds });
  };
  return { boss, send, sendScheduled, stop };
}

/** Single workers instead of pg-boss's `localConcurrency`, of which only the first could be notified. */
async function startWorkers(boss: PgBoss, queue: Queue, send: Send): Promise<string[]> {
  const { name, concurrency: { workers, perGroup } = { workers: 1 } } = queue;
  const options: WorkOptions = { pollingIntervalSeconds, ...(perGroup && { localGroupConcurrency: perGroup }) };
  const ids: string[] = [];
  for (let worker = 0; worker < workers; worker++) {
    const id: string = await boss.work(name, options, async ([job]) => {
      // Looks for the next job right after this one, instead of at the next poll.
      boss.notifyWorker(id);
      await observed(queue.name, () => handle(queue, job?.data, send));
    });
    ids.push(id);
  }
  return ids;
}

/** Counts the job for the metrics, and works in a span if traces are sent. */
async function observed(queue: string, work: () => Promise<void>): Promise<void> {
  const { metrics, tracing } = processWide;
  const begun = performance.now();
  let outcome: JobOutcome = "failed";
  try {
    await (tracing ? tracing.run(`job ${queue}`, "consumer", { "vehaas.queue": queue }, work) : work());
    outcome = "completed";
  } finally {
    metrics?.countJob(queue, outcome, (performance.now() - begun) / 1000);
  }
}

async function handle({ name, handle }: Queue, data: unknown, send: Send): Promise<void> {
  try {
    await handle(data, send);
  } catch (error) {
    if (!(error instanceof RetryJob)) log.error({ err: error, queue: name }, "a job failed");
    // pg-boss stores the error, which must contain nothing of the job's data.
    throw new Error("the job failed: see the log");
  }
}

/**
 * pg-boss's own scheduling stays off: at each start it creates its queue, even if that exists, and so waits for an
 * advisory lock that any role that can connect can hold.
 */
function open(session: SessionConfig & { patience: number }, options: { migrate: boolean; supervise: boolean }) {
  const pool = new DeadlinePool({
    application_name: nameOfConnections("jobs"),
    max: 2,
    connectionTimeoutMillis: timeout,
    ...session,
  });
  pool.on("error", (error) => log.warn({ err: error }, "the job queue lost a connection"));
  const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
  const boss = new PgBoss({ db, schedule: false, ...options });
  boss.on("error", (error) => log.warn({ err: error }, "the job queue has a problem"));
  const stop = async () => {
    await boss.stop({ graceful: true, timeout: 3000 });
    await pool.end();
  };
  return { boss, stop };
}
