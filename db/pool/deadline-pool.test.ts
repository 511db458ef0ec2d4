import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { asOwner } from "@/testing/database/database-owner";
import { DeadlinePool, type DeadlinePoolConfig } from "./deadline-pool";

const sleep = (pool: DeadlinePool, seconds: number) => pool.query(`select pg_sleep(${seconds})`);

function startPool(config: Partial<DeadlinePoolConfig>): DeadlinePool {
  const pool = new DeadlinePool({ connectionString: process.env.DATABASE_URL, max: 20, ...config });
  onTestFinished(() => pool.end());
  return pool;
}

/** The address of a login that the server allows that many connections. */
async function loginWithLimit(connections: number): Promise<{ url: string; allow: (more: number) => Promise<void> }> {
  const name = `limited_${randomBytes(8).toString("hex")}`;
  const execute = (text: string) => asOwner(async (owner) => void (await owner.query(text)));
  await execute(`create role ${name} login password 'limited' connection limit ${connections}`);
  onTestFinished(() => execute(`drop role ${name}`));
  const url = Object.assign(new URL(process.env.DATABASE_URL ?? ""), { username: name, password: "limited" }).href;
  return { url, allow: (more) => execute(`alter role ${name} connection limit ${more}`) };
}

test("where the server refuses more connections, work waits for one of ours", async () => {
  const { url } = await loginWithLimit(3);
  const pool = startPool({ connectionString: url });
  const asked = Array.from({ length: 30 }, () => pool.withDeadline(4000, () => sleep(pool, 0.05)));
  const done = await Promise.allSettled(asked);
  expect(new Set(done.map(({ status }) => status))).toEqual(new Set(["fulfilled"]));
  expect(pool.totalCount).toBe(3);
});

test("where the server refuses every connection, work waits until there is one, or its deadline ends", async () => {
  const { url, allow } = await loginWithLimit(0);
  const pool = startPool({ connectionString: url });
  await expect(pool.withDeadline(600, () => sleep(pool, 0))).rejects.toThrow("timeout exceeded when trying to connect");
  const waiting = pool.withDeadline(15_000, () => sleep(pool, 0));
  await allow(1);
  expect((await waiting).rowCount).toBe(1);
});

test("only work with the reserve takes reserved connections, single statements and transactions alike", async () => {
  const pool = startPool({ max: 4, reserved: 1 });
  const ends: (() => void)[] = [];
  for (let held = 0; held < 3; held++) {
    const client = await pool.connect();
    ends.push(() => client.release());
  }
  const statement = pool.withDeadline(300, () => sleep(pool, 0));
  await expect(statement).rejects.toThrow("timeout exceeded when trying to connect");
  const transaction = pool.withDeadline(300, () => pool.withReserve(() => pool.connect()));
  await expect(transaction).rejects.toThrow("timeout exceeded when trying to connect");
  expect((await pool.withReserve(() => sleep(pool, 0))).rowCount).toBe(1);

  const waiting = sleep(pool, 0);
  ends.pop()?.();
  expect((await waiting).rowCount).toBe(1);
  for (const end of ends) end();
});

test("a connection that was given up counts until the server has ended its statement", async () => {
  const pool = startPool({ max: 2 });
  await asOwner(async (owner) => {
    const running = async () => {
      const { rows } = await owner.query("select pid from pg_stat_activity where query like '%as given_up'");
      return rows.length;
    };
    const giveUp = () => pool.withDeadline(400, () => pool.query(withoutCheck("select pg_sleep(3) as given_up")));
    await Promise.all([expect(giveUp()).rejects.toThrow(), expect(giveUp()).rejects.toThrow()]);
    const next = pool.query("select 1 as next");
    let isDone = false;
    void next.then(() => {
      isDone = true;
    });
    while (!isDone) {
      const [before, wasDone] = [await running(), isDone];
      if (before === 2) expect(wasDone).toBe(false);
      await setTimeout(20);
    }
    expect(await running()).toBeLessThan(2);
    expect((await next).rowCount).toBe(1);
  });
});

/** The statement in a session whose server does not look for its client, as during the commit's wait for a standby. */
function withoutCheck(statement: string): string {
  return `set client_connection_check_interval = 0; ${statement}`;
}

test("a connection is given back once, whether it is released twice, ends in use, or misses the deadline", async () => {
  const pool = startPool({ max: 4, reserved: 1 });
  const use = () => pool.use();
  const idle = { size: 4, used: 0, abandoned: 0, waiting: 0 };
  const first = await pool.withDeadline(4000, () => pool.connect());
  const releaseFirst = first.release;
  releaseFirst();
  // Another holder of the same connection: the earlier release is no longer its own.
  const second = await pool.withDeadline(4000, () => pool.connect());
  expect(second).toBe(first);
  releaseFirst();
  expect(use()).toMatchObject({ used: 1, idle: 0, waiting: 0 });
  second.release();
  second.release();
  expect(use()).toMatchObject({ ...idle, idle: 1 });

  const ended = await pool.withDeadline(4000, () => pool.connect());
  await ended.query("select pg_terminate_backend(pg_backend_pid())").catch(() => {});
  await expect.poll(use).toMatchObject(idle);
  ended.release();
  expect(use()).toMatchObject(idle);

  await expect(pool.withDeadline(300, () => sleep(pool, 30))).rejects.toThrow();
  await expect.poll(use, { timeout: 10_000 }).toMatchObject(idle);
  // All places are free again, the transactions' too.
  await Promise.all([1, 2].map(() => pool.withDeadline(4000, async () => (await pool.connect()).release())));
  const asked = Array.from({ length: 9 }, () => pool.withDeadline(4000, () => sleep(pool, 0.01)));
  expect(await Promise.all(asked)).toHaveLength(9);
  expect(pool.totalCount).toBeLessThanOrEqual(3);
  expect(use()).toMatchObject(idle);
});
