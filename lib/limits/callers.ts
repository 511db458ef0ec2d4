import { LRUCache } from "lru-cache";
import { shareDatabaseAs, spendDatabaseDeadline } from "@/lib/database-deadline";
import { networkOf } from "@/lib/network/ip-address";
import { InFlight, type Place } from "./in-flight";

/** All requests of this process that need the database: the API's and those for pages. */
export const requests = new InFlight({ atOnce: 20, waiting: 500, maxWait: 1000 });

const users = new LRUCache<string, string>({ max: 10_000 });

/**
 * Maps recently valid credentials (the written hash of a secret, a JWT or a session's token) to their users. It only
 * decides whose limit a request counts towards before the database is asked, never what the request may do.
 */
export const knownCallers = {
  userOf: (hash: string) => users.get(hash),
  /** Adds a credential that was just found valid. */
  note: (hash: string, userId: string) => void users.set(hash, userId),
};

/** The caller of requests without a credential, or with one that isn't known yet. */
export function callerAt(address: string | null | undefined): string {
  return `at ${networkOf(address)}`;
}

/**
 * Waits for a place among the caller's requests; the request's transactions then count as this caller's. False if the
 * limit is exceeded. The wait counts towards the request's deadline.
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
