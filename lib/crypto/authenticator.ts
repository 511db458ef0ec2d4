import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Executor } from "@/db/client";
import { existingKey, keyForSealing } from "./data-keys";

/** Computes a 32-byte MAC over the concatenated parts. */
export type Authenticator = (...parts: readonly Buffer[]) => Buffer;

/**
 * HMAC-SHA-256 with a key for this purpose, derived (RFC 5869) from the organization's data key, which is created if
 * missing. Rotation keeps the data key, so earlier MACs stay valid. Also returns the database's time, to save a query.
 */
export async function authenticator(
  tx: Executor,
  organizationId: string,
  purpose: string,
): Promise<{ authenticate: Authenticator; now: Date }> {
  const { key, now } = await keyForSealing(tx, organizationId);
  return { authenticate: authenticatorWith(key, purpose), now };
}

/** The same for checking: creates no key. Undefined without a data key; throws a SealError if it can't be opened. */
export async function existingAuthenticator(
  executor: Executor,
  organizationId: string,
  purpose: string,
): Promise<Authenticator | undefined> {
  const key = await existingKey(executor, organizationId);
  return key && authenticatorWith(key, purpose);
}

function authenticatorWith(key: KeyObject, purpose: string): Authenticator {
  const derived = derive(key, purpose);
  return (...parts) => {
    const hmac = createHmac("sha256", derived);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
}

/** Derived keys by data key and purpose, cached as long as the data key. */
const derivedKeys = new WeakMap<KeyObject, Map<string, KeyObject>>();

function derive(key: KeyObject, purpose: string): KeyObject {
  const known = derivedKeys.get(key) ?? new Map<string, KeyObject>();
  derivedKeys.set(key, known);
  const derived =
    known.get(purpose) ?? createSecretKey(Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), purpose, 32)));
  known.set(purpose, derived);
  return derived;
}
