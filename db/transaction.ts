import { setImmediate } from "node:timers/promises";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { PoolClient, QueryConfig } from "pg";
import { drizzleConfig, pool, type Tx } from "./client";
import type * as schema from "./schema";

/** What the work came to. `last` is a query that is still to be made: it goes along with the `commit`. */
type Ending<T> = { result: T; last?: QueryConfig | undefined };

/**
 * A transaction with fewer round trips than `db.transaction`: `begin` goes along with the first query of `open`, and
 * `commit` with the last query. `open` may only read: were `begin` refused, it would read outside of a transaction.
 */
export async function transaction<A, T>(
  open: (tx: Tx) => Promise<A>,
  work: (tx: Tx, opened: A) => Promise<Ending<T>>,
): Promise<T> {
  const client = await pool.connect();
  const tx = onConnection(client);
  try {
    const [, opened] = await allOf(client.query("begin"), open(tx));
    const { result, last } = await work(tx, opened);
    await commitWith(client, last);
    client.release();
    return result;
  } catch (error) {
    await rollBack(client);
    throw error;
  }
}

/** The answers to queries that are under way at once; where any fails, the first error, once all of them are over. */
export async function allOf<T extends unknown[]>(...queries: { [I in keyof T]: Promise<T[I]> | T[I] }): Promise<T> {
  await Promise.allSettled(queries);
  return Promise.all(queries) as Promise<T>;
}

async function commitWith(client: PoolClient, last: QueryConfig | undefined): Promise<void> {
  const sent = last && client.query(last);
  // What pg itself refuses, such as a value that it can't write, PostgreSQL never sees: it would commit the rest.
  if (sent) await Promise.race([sent, setImmediate()]);
  // Where the last query fails there, PostgreSQL makes a rollback of the commit that is behind it.
  const [, { command }] = await allOf(sent, client.query("commit"));
  if (command !== "COMMIT") throw new Error("the transaction was rolled back: a query of it had failed");
}

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query("rollback");
    client.release();
  } catch {
    // Whatever state it is in: the database rolls back what a closed connection leaves.
    client.release(true);
  }
}

/** Drizzle on a connection, kept with it: what it has prepared there stays so. */
const drizzles = new WeakMap<PoolClient, NodePgDatabase<typeof schema>>();

function onConnection(client: PoolClient): Tx {
  const known = drizzles.get(client) ?? drizzle({ client, ...drizzleConfig });
  drizzles.set(client, known);
  return known;
}
