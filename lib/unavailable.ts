import { DatabaseError } from "pg";

const network = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

// SQLSTATE: connection, log-in, no such database, resources, the operator's intervention; a query that took too long;
// a server that only reads.
const refusal = /^(08|28|3D|53|57P|57014|25006)/;

// What pg and its pool throw without a code.
const wording =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end)/;

/** True where the error, or what it wraps, says that the database can't be asked now. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  return tellsOfIt(error) || isUnavailable(error.cause);
}

function tellsOfIt(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof DatabaseError) return refusal.test(code);
  return network.test(code) || wording.test(error.message);
}
