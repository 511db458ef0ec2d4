import { createHmac } from "node:crypto";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { consume, createLimiter, type Limit } from "@/lib/limits/rate-limit";
import { wideNetworkOf } from "@/lib/network/ip-address";

type Limits = { network: Limit; pair: Limit; email: Limit; device?: Limit };
/** `device`: what tells a browser that is known to be the person's from others, where it is one. */
type Visitor = { email: string; address: string | null; device?: string };

/** `points` failures in `duration` seconds. One network alone never reaches the limit by e-mail, to lock a person out. */
const defaults = {
  network: { points: 50, duration: 5 * 60 },
  pair: { points: 5, duration: 5 * 60 },
  email: { points: 100, duration: 60 * 60 },
  device: { points: 10, duration: 15 * 60 },
};

const names = { network: "sign-in:network", pair: "sign-in:pair", email: "sign-in:email", device: "sign-in:device" };

/**
 * Counts attempts in the database, for all instances together. An attempt counts before it is made, so that many at
 * once gain nothing, and is forgiven when it succeeds. The one that is too many is refused unmade, `rate_limited`.
 * A known device is counted by itself: the failures of others do not lock it out, and it may fail less often than they.
 */
export function createThrottle({ network, pair, email, device = defaults.device }: Limits = defaults) {
  const limiters = {
    network: createLimiter(names.network, network),
    pair: createLimiter(names.pair, pair, { sweeps: true }),
    email: createLimiter(names.email, email),
    device: createLimiter(names.device, device),
  };

  return async function throttled<T>(visitor: Visitor, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const forgive = await (visitor.device === undefined ? countStranger : countDevice)(limiters, visitor);
    const result = await attempt();
    if (result !== undefined) await forgive();
    return result;
  };
}

type Limiters = Record<keyof typeof names, ReturnType<typeof createLimiter>>;
type Forgive = () => Promise<unknown>;

async function countDevice({ device }: Limiters, visitor: Visitor): Promise<Forgive> {
  const key = `${personKey(visitor.email)}:${visitor.device}`;
  await consume(device, key, "attempts");
  return () => device.delete(key);
}

/** The network comes first: past its limit nothing is written for the e-mail addresses that are tried from there. */
async function countStranger({ network, pair, email }: Limiters, visitor: Visitor): Promise<Forgive> {
  const keys = keysOf(visitor);
  await consume(network, keys.network, "attempts");
  try {
    await consume(pair, keys.pair, "attempts");
  } catch (error) {
    // Who goes on at one account, refused, does not hold up others of the same network.
    if (error instanceof DomainError) await network.reward(keys.network);
    throw error;
  }
  await consume(email, keys.email, "attempts");
  return () => Promise.all([pair.delete(keys.pair), network.reward(keys.network), email.reward(keys.email)]);
}

/** What an e-mail address is counted by: keyed with our secret, since people type passwords into its field too. */
function personKey(email: string): string {
  return createHmac("sha256", settings().AUTH_SECRET ?? "")
    .update(email)
    .digest("base64url");
}

/** By the widest network: a caller who has all of it has no more tries than one who has a part. */
function keysOf({ email, address }: Visitor) {
  const network = wideNetworkOf(address);
  const person = personKey(email);
  return { network, pair: `${person}:${network}`, email: person };
}

/** What the keys of all counts that can lock this e-mail address begin with. Those of networks are not among them. */
export function countsOf(email: string): string[] {
  const person = personKey(email);
  return [`${names.email}:${person}`, `${names.pair}:${person}:`, `${names.device}:${person}:`];
}
