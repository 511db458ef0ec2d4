import { sql } from "drizzle-orm";
import { pool, type Tx } from "@/db/client";

/** Milliseconds. With connecting and our own work, a response is sent within five seconds. */
const perRequest = 4000;

/** Runs a request's work. Its queries fail, see `isUnavailable`, after four seconds in total. */
export function withDatabaseDeadline<T>(work: () => T, milliseconds = perRequest): T {
  return pool.withDeadline(milliseconds, work);
}

/** Runs background work that a request starts, outside of the request's deadline. */
export function withoutDatabaseDeadline<T>(work: () => T): T {
  return pool.withoutDeadline(work);
}

/**
 * Runs authentication's query, or readiness's: for them connections are reserved that nothing else takes. The query must
 * wait for no lock and write nothing, or writes could use up the reserve after all.
 */
export function withReservedConnections<T>(work: () => T): T {
  return pool.withReserve(work);
}

/**
 * Begins a wait for a query that several requests share. Returns a function that ends it, to be called once:
 * false if it was over, since this request's deadline called `giveUp`.
 */
export function beginSharedWait(giveUp: (error: Error) => void): () => boolean {
  return pool.beginSharedWait(giveUp);
}

/** Counts the request's transactions as this caller's, who gets at most a fair share of connections. */
export function shareDatabaseAs(caller: string): void {
  pool.shareAs(caller);
}

/** Subtracts a wait before the request's work, in milliseconds, from its database deadline. */
export function spendDatabaseDeadline(milliseconds: number): void {
  pool.spendDeadline(milliseconds);
}

const perLongWork = 5 * 60_000;

/** Runs work that takes minutes although a request waits for it. Its transaction calls `allowLongStatements`. */
export function withLongDatabaseDeadline<T>(work: () => T): T {
  return pool.withDeadline(perLongWork, work);
}

/** The server ends statements of the pool after five seconds, those of this transaction with the long deadline. */
export async function allowLongStatements(tx: Tx): Promise<void> {
  await tx.execute(sql.raw(`set local statement_timeout = ${perLongWork}`));
}
