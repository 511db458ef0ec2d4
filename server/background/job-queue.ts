import { Pool, type PoolConfig } from "pg";
import { PgBoss } from "pg-boss";
import { grantQueue } from "@/db/application-role";
import { type Address, asRefusal, openSession, reasonOf } from "@/db/session/open-session";
import { SessionClient, type SessionConfig } from "@/db/session/session";
import { SettingsError } from "@/lib/env";
import { log } from "@/lib/log";

export type JobQueue = { boss: PgBoss; stop: () => Promise<void> };

// Used on both ends: the client's timeout notices a database that was cut off silently, and the server's ends
// statements that the client gave up on.
const timeout = 10_000;

/**
 * Creates or updates pg-boss's tables as the owner, creates the queues, and grants them to the serving login. A lock
 * that only the tables' owner can take serializes concurrent starts.
 */
export async function prepareJobQueue(owner: Address, grantee: string | undefined, queues: string[]): Promise<void> {
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

async function install({ url }: Address, queues: string[]): Promise<void> {
  // An upgrade of pg-boss's tables has no timeout.
  const { boss, stop } = open({ connectionString: url }, { migrate: true, supervise: false });
  try {
    await boss.start();
    // Creating a queue takes an advisory lock, which any role that can connect can hold.
    for (const name of queues) if (!(await boss.getQueue(name))) await boss.createQueue(name);
  } finally {
    await stop();
  }
}

/**
 * Starts the queue for an instance, without creating anything. pg-boss's own scheduling is off, since it would create a
 * queue at each start.
 */
export async function startJobQueue(session: SessionConfig): Promise<JobQueue> {
  const limits = { query_timeout: timeout, longestStatement: timeout };
  const queue = open({ ...session, ...limits }, { migrate: false, supervise: true });
  try {
    await queue.boss.start();
    return queue;
  } catch (error) {
    await queue.stop();
    const what = "the queue in the schema pgboss, which a start with the tables' owner's address makes and grants";
    throw new SettingsError([`DATABASE_URL's user can't use ${what}: ${reasonOf(error)}`]);
  }
}

function open(session: SessionConfig, options: { migrate: boolean; supervise: boolean }): JobQueue {
  const config: PoolConfig & SessionConfig = {
    application_name: "vehaas-jobs",
    max: 2,
    connectionTimeoutMillis: timeout,
    ...session,
    Client: SessionClient,
  };
  const pool = new Pool(config);
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
