import { createHmac } from "node:crypto";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { consume, createLimiter, type Limit } from "@/lib/limits/rate-limit";
import { wideNetworkOf } from "@/lib/network/ip-address";

type Limits = { network: Limit; pair: Limit; email: Limit; device?: Limit };
/** `device` identifies a browser that is known to be the person's. */
type Visitor = { email: string; address: string | null; device?: string };

/** At most `points` failures in `duration` seconds. One network can't reach the e-mail limit and lock a person out. */
const defaults = {
  network: { points: 50, duration: 5 * 60 },
  pair: { points: 5, duration: 5 * 60 },
  email: { points: 100, duration: 60 * 60 },
  device: { points: 10, duration: 15 * 60 },
};

const names = { network: "sign-in:network", pair: "sign-in:pair", email: "sign-in:email", device: "sign-in:device" };

/**
 * Counts attempts in the database, across all instances. An attempt counts before it is made, so that concurrent ones
 * gain nothing; a success refunds it. An attempt over the limit is not made and throws `rate_limited`. A known device
 * has its own count and a lower limit: other people's failures do not lock it out.
 */
export function createThrottle({ network, pair, email, device = defaults.device }: Limits = defaults) {
  const limiters = {
    network: createLimiter(names.network, network, { refunds: true }),
    pair: createLimiter(names.pair, pair, { refunds: true, sweeps: true }),
    email: createLimiter(names.email, email, { refunds: true }),
    device: createLimiter(names.device, device, { refunds: true }),
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

/** The network is checked first: past its limit nothing is written for the e-mail addresses tried from there. */
async function countStranger({ network, pair, email }: Limiters, visitor: Visitor): Promise<Forgive> {
  const keys = keysOf(visitor);
  await consume(network, keys.network, "attempts");
  try {
    await consume(pair, keys.pair, "attempts");
  } catch (error) {
    // Repeated attempts at a locked account do not use up the network's limit for others.
    if (error instanceof DomainError) await network.reward(keys.network);
    throw error;
  }
  await consume(email, keys.email, "attempts");
  return () => Promise.all([pair.delete(keys.pair), network.reward(keys.network), email.reward(keys.email)]);
}

/** The key of an e-mail address. It is an HMAC, since people also type passwords into the e-mail field. */
function personKey(email: string): string {
  return createHmac("sha256", settings().AUTH_SECRET ?? "")
    .update(email)
    .digest("base64url");
}

/** Uses the widest network, so that a caller who owns all of it has no more attempts than one who owns a part. */
function keysOf({ email, address }: Visitor) {
  const network = wideNetworkOf(address);
  const person = personKey(email);
  return { network, pair: `${person}:${network}`, email: person };
}

/** Key prefixes of all counts that can lock this e-mail address. Those of networks are not among them. */
export function countsOf(email: string): string[] {
  const person = personKey(email);
  return [`${names.email}:${person}`, `${names.pair}:${person}:`, `${names.device}:${person}:`];
}
