import { shareDatabaseAs, spendDatabaseDeadline } from "@/lib/database-deadline";
import { networkOf } from "@/lib/network/ip-address";
import { InFlight, type Place } from "./in-flight";
import { KnownCredentials } from "./known-credentials";

/** All requests of this process that ask for more than what is in memory: the API's and those for pages. */
export const requests = new InFlight({ atOnce: 20, waiting: 500, maxWait: 1000 });

/** The callers that were known lately, by the hash of a secret, a JWT or a session's token. */
export const knownCallers = new KnownCredentials(10_000);

/** Whose requests those are that bring no credential, or one that isn't known yet. */
export function callerAt(address: string | null | undefined): string {
  return `at ${networkOf(address)}`;
}

/**
 * Waits for a place among the caller's requests; from then on the database is shared as that caller. False where the
 * request is one too many. Runs within the request's deadline, for which the wait counts.
 */
export function enterAs(caller: string, place: Place): true | Promise<boolean> {
  const entered = place.enter(caller);
  if (entered !== true) return afterWaiting(caller, place, entered);
  shareDatabaseAs(caller);
  return true;
}

async function afterWaiting(caller: string, place: Place, entered: Promise<boolean>): Promise<boolean> {
  const before = place.waited;
  const isIn = await entered;
  spendDatabaseDeadline(place.waited - before);
  shareDatabaseAs(caller);
  return isIn;
}
