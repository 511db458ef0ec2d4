import { DatabaseError } from "pg";
import { isConnectionFailure } from "@/db/session/connection-failure";
import { unusableSession } from "@/db/session/session";
import { unconfirmedCommit } from "@/db/session/unconfirmed";

// SQLSTATEs: connection, login, missing database, resources, operator intervention, disk; a query, lock wait or
// transaction that took too long; a read-only server; a conflict with a concurrent transaction.
const refusal = /^(08|28|3D|53|57P|58|57014|55P03|25P0[34]|25006|40)/;

/** True if the error, or one that it wraps, means that the database is unavailable. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  return tellsOfIt(error) || isUnavailable(error.cause);
}

/** True if a commit was sent but not confirmed, so that the change may have been made. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return codeOf(error) === unconfirmedCommit || isOutcomeUnknown(error.cause);
}

function tellsOfIt(error: Error): boolean {
  const code = codeOf(error);
  if (code === unconfirmedCommit || code === unusableSession) return true;
  if (error instanceof DatabaseError) return refusal.test(code);
  return isConnectionFailure(error);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
