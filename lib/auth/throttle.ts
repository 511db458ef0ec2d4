import { createHmac } from "node:crypto";
import { settings } from "@/lib/env";
import { networkOf } from "@/lib/ip-address";
import { consume, createLimiter, type Limit } from "@/lib/rate-limit";

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
  const pair = createLimiter("sign-in:pair", limits.pair, { sweeps: true });
  const network = createLimiter("sign-in:network", limits.network);
  const email = createLimiter("sign-in:email", limits.email);

  return async function throttled<T>(visitor: Visitor, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const keys = keysOf(visitor);
    await consume(pair, keys.pair, "attempts");
    await consume(network, keys.network, "attempts");
    await consume(email, keys.email, "attempts");
    const result = await attempt();
    if (result !== undefined) {
      await Promise.all([pair.delete(keys.pair), network.reward(keys.network), email.reward(keys.email)]);
    }
    return result;
  };
}

/** Keyed with our secret, since people type passwords into the field for the e-mail too. */
function keysOf({ email, address }: Visitor) {
  const person = createHmac("sha256", settings().AUTH_SECRET ?? "")
    .update(email)
    .digest("base64url");
  const network = networkOf(address);
  return { pair: `${person}:${network}`, network, email: person };
}
