import { pool } from "@/db/client";

/** With what a client's connection and our own work take, an answer is there within five seconds. */
const perRequest = 4000;

/** Runs the work of a request, whose queries fail as `isUnavailable` says once they have taken four seconds in all. */
export function withDatabaseDeadline<T>(work: () => T): T {
  return pool.withDeadline(perRequest, work);
}

/** Runs what a request only sets off, in the background: it takes none of the request's deadline, and isn't bound to it. */
export function withoutDatabaseDeadline<T>(work: () => T): T {
  return pool.withoutDeadline(work);
}

/** Counts the transactions of the request under way as this caller's, who has no more than a fair share of connections for them. */
export function shareDatabaseAs(caller: string): void {
  pool.shareAs(caller);
}

/** Counts so many milliseconds, for which a request waited before it was worked on, as waited for the database. */
export function spendDatabaseDeadline(milliseconds: number): void {
  pool.spendDeadline(milliseconds);
}

const perLongWork = 5 * 60_000;

/** Runs the part of a request that somebody waits for although it takes minutes, such as deleting a large group. */
export function withLongDatabaseDeadline<T>(work: () => T): T {
  return pool.withDeadline(perLongWork, work);
}
