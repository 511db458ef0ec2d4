import { DatabaseError } from "pg";
import { unusableSession } from "@/db/session/session";
import { unconfirmedCommit } from "@/db/session/unconfirmed";

const network = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

// SQLSTATE: connection, log-in, no such database, resources, the operator's intervention, the disk; a query, a wait for
// a lock, or a transaction that took too long; a server that only reads; what ran at the same time won.
const refusal = /^(08|28|3D|53|57P|58|57014|55P03|25P0[34]|25006|40)/;

// What pg and its pool throw without a code.
const wording =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end)/;

/** True where the error, or what it wraps, says that the database can't be asked now. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  return tellsOfIt(error) || isUnavailable(error.cause);
}

/** True where the database was asked to commit, and may have done so: unlike other failures, it is not known to be none. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return codeOf(error) === unconfirmedCommit || isOutcomeUnknown(error.cause);
}

function tellsOfIt(error: Error): boolean {
  const code = codeOf(error);
  if (code === unconfirmedCommit || code === unusableSession) return true;
  if (error instanceof DatabaseError) return refusal.test(code);
  return network.test(code) || wording.test(error.message);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
