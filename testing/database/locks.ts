import { expect, onTestFinished } from "vitest";
import { pool } from "@/db/client";
import { asOwner } from "./database-owner";

/** Runs the statement in a transaction, and keeps it open until the returned function commits it. */
export async function hold(statement: string, ...parameters: unknown[]): Promise<() => Promise<void>> {
  const client = await pool.connect();
  let released: Promise<void> | undefined;
  const release = () => {
    released ??= client.query("commit").then(() => client.release());
    return released;
  };
  onTestFinished(release);
  await client.query("begin");
  await client.query(statement, parameters);
  return release;
}

/** Waits until exactly `count` connections to the test's database wait for a lock. */
export function waitForLockWaiters(count: number): Promise<void> {
  return pollLockWaiters((waiters) => waiters.toBe(count));
}

/** Waits until at least `least` connections wait for a lock. */
export function waitForManyLockWaiters(least: number): Promise<void> {
  return pollLockWaiters((waiters) => waiters.toBeGreaterThanOrEqual(least));
}

type Polled = ReturnType<typeof expect.poll>;

async function pollLockWaiters(until: (waiters: Polled) => Promise<void>): Promise<void> {
  await asOwner(async (owner) => {
    const countWaiters = async () => {
      const waiting = await owner.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.rowCount;
    };
    await until(expect.poll(countWaiters, { timeout: 8000 }));
  });
}

/** The number of deadlocks that the server has resolved in the test's database. */
export async function countDeadlocks(): Promise<number> {
  const { rows } = await pool.query("select deadlocks::int from pg_stat_database where datname = current_database()");
  return rows[0].deadlocks;
}
