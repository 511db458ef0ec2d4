import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Executor } from "@/db/client";
import { existingKey, keyForSealing } from "./data-keys";

/** Makes 32 bytes out of the parts, one after the other, that only who has the key can make. */
export type Authenticator = (...parts: readonly Buffer[]) => Buffer;

/**
 * HMAC-SHA-256 with a key for this purpose alone, derived (RFC 5869) from the organization's data key, which is made
 * where there is none. Rotation keeps the data key, and with it everything that was authenticated. Answers the database's
 * time too: who authenticates what happens now needs no second query.
 */
export async function authenticator(
  tx: Executor,
  organizationId: string,
  purpose: string,
): Promise<{ authenticate: Authenticator; now: Date }> {
  const { key, now } = await keyForSealing(tx, organizationId);
  return { authenticate: authenticatorWith(key, purpose), now };
}

/** The same to check with: makes no key. Undefined where there is none; throws a SealError where it does not open. */
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

/** Derived keys by data key and purpose, for as long as the data key itself is remembered. */
const derivedKeys = new WeakMap<KeyObject, Map<string, KeyObject>>();

function derive(key: KeyObject, purpose: string): KeyObject {
  const known = derivedKeys.get(key) ?? new Map<string, KeyObject>();
  derivedKeys.set(key, known);
  const derived =
    known.get(purpose) ?? createSecretKey(Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), purpose, 32)));
  known.set(purpose, derived);
  return derived;
}
