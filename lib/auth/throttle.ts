import { createHmac } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { pool } from "@/db/client";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { networkOf } from "./network-of";

type Limit = { points: number; duration: number };
type Limits = { pair: Limit; network: Limit; email: Limit };
type Visitor = { email: string; address: string | null };

/** `points` failures in `duration` seconds. One address alone never reaches the limit by e-mail, to lock a person out. */
const defaults: Limits = {
  pair: { points: 5, duration: 5 * 60 },
  network: { points: 50, duration: 5 * 60 },
  email: { points: 100, duration: 60 * 60 },
};

/**
 * Counts attempts in the database, for all instances together. An attempt counts before it is made, so that many at
 * once gain nothing, and is forgiven when it succeeds. The one that is too many is refused unmade, `rate_limited`.
 */
export function createThrottle(limits: Limits = defaults) {
  const pair = limiter("pair", limits.pair);
  const network = limiter("network", limits.network);
  const email = limiter("email", limits.email);

  return async function throttled<T>(visitor: Visitor, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const keys = keysOf(visitor);
    await consume(pair, keys.pair);
    await consume(network, keys.network);
    await consume(email, keys.email);
    const result = await attempt();
    if (result !== undefined) {
      await Promise.all([pair.delete(keys.pair), network.reward(keys.network), email.reward(keys.email)]);
    }
    return result;
  };
}

function limiter(name: string, limit: Limit): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...limit,
    keyPrefix: `sign-in:${name}`,
    storeClient: pool,
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
    // Each sweeps the whole table: one is enough.
    clearExpiredByTimeout: name === "pair",
  });
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfter = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    const wait = inWords(retryAfter);
    throw new DomainError("rate_limited", `Too many attempts. Try again in ${wait}.`, { retryAfter });
  }
}

function inWords(seconds: number): string {
  const [amount, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

/** Keyed with our secret, since people type passwords into the field for the e-mail too. */
function keysOf({ email, address }: Visitor) {
  const person = createHmac("sha256", settings().AUTH_SECRET ?? "")
    .update(email)
    .digest("base64url");
  const network = networkOf(address ?? "unknown");
  return { pair: `${person}:${network}`, network, email: person };
}
