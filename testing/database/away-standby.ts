import { Client } from "pg";
import { expect } from "vitest";
import { startOwnServer } from "./own-server";

export type AwayStandby = {
  /** Runs the work while every commit waits for a missing standby and has its wait cancelled by an administrator. */
  withCancelledCommits: <T>(work: () => Promise<T>) => Promise<T>;
  /** Runs the work while every commit waits for a missing standby, and nobody cancels its wait. */
  withWaitingCommits: <T>(work: () => Promise<T>) => Promise<T>;
  /** The server's processes for connections of this name, of any schema, and how many of them wait for the standby. */
  connectionsOf: (applicationName: string) => Promise<{ all: number; waiting: number }>;
  close: () => Promise<void>;
};

/** A server for the test file. Its roles get no warnings by default. */
export async function startAwayStandby(): Promise<AwayStandby> {
  const { url, stop } = await startOwnServer();
  const [administrator, probe] = [new Client({ connectionString: url }), new Client({ connectionString: url })];
  await Promise.all([administrator.connect(), probe.connect()]);
  // The administrator's own commits must not wait.
  await administrator.query("set synchronous_commit = local");
  await administrator.query("create table probes ()");
  await administrator.query("alter role all set client_min_messages = error");

  async function nameStandby(name: string): Promise<void> {
    await administrator.query(`alter system set synchronous_standby_names = '${name}'`);
    await administrator.query("select pg_reload_conf()");
    const shown = async () =>
      (await administrator.query("show synchronous_standby_names")).rows[0].synchronous_standby_names;
    await expect.poll(shown, { timeout: 10_000 }).toBe(name);
  }

  /** Cancels waits for the standby until the work is done; returns its result and whether it had to wait. */
  async function cancelling<T>(work: Promise<T>): Promise<{ result: T; waited: boolean }> {
    let isDone = false;
    let waited = false;
    const done = work.finally(() => {
      isDone = true;
    });
    // `work` may fail before it is awaited below.
    done.catch(() => {});
    while (!isDone) {
      const waiting = "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'";
      if ((await administrator.query(waiting)).rowCount) waited = true;
    }
    return { result: await done, waited };
  }

  /** Returns once PostgreSQL applies the new setting, which takes a moment. */
  async function untilCommitsWait(): Promise<void> {
    const write = () => cancelling(probe.query("insert into probes default values"));
    while (!(await write()).waited);
  }

  async function withAwayStandby<T>(work: () => Promise<T>): Promise<T> {
    await nameStandby("away");
    try {
      await untilCommitsWait();
      return await work();
    } finally {
      await nameStandby("");
    }
  }

  return {
    withCancelledCommits: (work) => withAwayStandby(async () => (await cancelling(work())).result),
    withWaitingCommits: withAwayStandby,
    connectionsOf: async (applicationName) => {
      const { rows } = await administrator.query<{ all: number; waiting: number }>(
        `select count(*)::int as all, (count(*) filter (where wait_event = 'SyncRep'))::int as waiting
         from pg_stat_activity where application_name ~ ('^' || $1 || '( |$)')`,
        [applicationName],
      );
      return rows[0] ?? { all: 0, waiting: 0 };
    },
    close: async () => {
      await Promise.all([administrator.end(), probe.end()]);
      await stop();
    },
  };
}
