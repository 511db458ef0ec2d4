import { DatabaseError } from "pg";

const network = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

// Errors that pg and its pool throw without a code.
const wording =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end)/;

/** True if the error comes from the network or the driver: the connection was not made, or was lost. */
export function isConnectionFailure(error: Error): boolean {
  if (error instanceof DatabaseError) return false;
  return network.test(codeOf(error)) || wording.test(error.message);
}

// SQLSTATEs: connection, too many connections, shutting down or starting.
const passing = /^(08|53300|57P0[123])/;

/** True if a later attempt to connect may succeed without a change of settings, such as during a failover. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(mayPass)) return true;
  if (error instanceof DatabaseError) return passing.test(codeOf(error));
  // A socket whose server has not started.
  const isNoSocket = codeOf(error) === "ENOENT" && "syscall" in error && error.syscall === "connect";
  return isNoSocket || isConnectionFailure(error) || mayPass(error.cause);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
