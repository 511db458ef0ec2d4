import type { PoolClient } from "pg";
import { expect } from "vitest";
import { pool } from "@/db/client";
import { asOwner } from "./database-owner";

/**
 * Runs the work with a deadline that ends while its background write to the table waits for a lock (with "access
 * exclusive", its read). Expects that the deadline doesn't end that write's connection.
 */
export async function withEndedDeadline(
  table: string,
  work: () => void,
  lock: "exclusive" | "access exclusive" = "exclusive",
): Promise<void> {
  const ended: unknown[] = [];
  const note = (client: PoolClient) => void ended.push("processID" in client ? client.processID : undefined);
  pool.on("remove", note);
  await asOwner(async (owner) => {
    await owner.query("begin");
    await owner.query(`lock table ${table} in ${lock} mode`);
    pool.withDeadline(50, work);
    const waiting = async () => {
      const which = `select pid from pg_locks where relation = '${table}'::regclass and not granted`;
      return (await owner.query<{ pid: number }>(which)).rows.map(({ pid }) => pid);
    };
    await expect.poll(waiting, { timeout: 5000 }).toHaveLength(1);
    const [writing] = await waiting();
    // This later deadline ends its connection, so the first one would have ended its own by then, too.
    await expect(pool.withDeadline(300, () => pool.query("select pg_sleep(60)"))).rejects.toThrow();
    expect(ended.length).toBeGreaterThan(0);
    expect(ended).not.toContain(writing);
  });
  pool.off("remove", note);
}
