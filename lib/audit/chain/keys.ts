import type { Executor } from "@/db/client";
import type { auditEvents } from "@/db/schema";
import { type Authenticator, authenticator, existingAuthenticator } from "@/lib/crypto/authenticator";

export type StoredEvent = typeof auditEvents.$inferSelect;

const version = 1;

/** Every column of the event in a fixed order, as input for its proof and its hash. */
export function bytesOf(event: StoredEvent): Buffer {
  return Buffer.from(
    JSON.stringify([
      version,
      event.id,
      event.organizationId,
      event.groupId,
      event.ownerId,
      // UTC with milliseconds; null if the stored value was changed to one that JavaScript can't represent.
      event.occurredAt,
      event.actorId,
      event.actorKind,
      event.actorName,
      event.accessTokenId,
      event.action,
      event.subjectId,
      event.subjectName,
      sorted(event.detail),
      event.channel,
      event.address,
    ]),
  );
}

/**
 * Sorts by name, since PostgreSQL reorders the keys of a JSON object. Genuine values are strings or null; others are
 * put in an array, so that 1e400, which JSON.stringify writes as null, differs from null. Non-objects are returned
 * unchanged.
 */
function sorted(detail: unknown): unknown {
  if (!(detail instanceof Object) || Array.isArray(detail)) return detail;
  return Object.fromEntries(
    Object.entries(detail)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, typeof value === "string" || value === null ? value : [value]]),
  );
}

/** Computes an event's proof, and the hash over the event and the previous hash. */
export type ChainKeys = {
  proof: (event: StoredEvent) => Buffer;
  hash: (previous: Buffer, event: StoredEvent) => Buffer;
};

/** An event waiting to be sealed. `proof` is null only if someone made the column nullable. */
export type Pending = { event: StoredEvent; proof: Buffer | null };

/** The previous hash of the first entry. */
export const beginning: Buffer = Buffer.alloc(32);

const purpose = "audit log";
const [proofMark, hashMark] = [Buffer.from("proof:"), Buffer.from("chain:")];

/** `now` is the database's time. */
export type ChainKeysNow = ChainKeys & { now: Date };

/** Creates the organization's data key if it has none. */
export async function chainKeys(tx: Executor, organizationId: string): Promise<ChainKeysNow> {
  const { authenticate, now } = await authenticator(tx, organizationId, purpose);
  return { ...keysWith(authenticate), now };
}

/** Undefined if the organization has no data key; throws a SealError if the key can't be opened. */
export async function existingChainKeys(executor: Executor, organizationId: string): Promise<ChainKeys | undefined> {
  const found = await existingAuthenticator(executor, organizationId, purpose);
  return found && keysWith(found);
}

/** Whether the application wrote the event in its current form. */
export function isGenuine(keys: ChainKeys | undefined, { event, proof }: Pending): boolean {
  return Boolean(keys && proof?.equals(keys.proof(event)));
}

function keysWith(authenticate: Authenticator): ChainKeys {
  return {
    proof: (event) => authenticate(proofMark, bytesOf(event)),
    hash: (previous, event) => authenticate(hashMark, previous, bytesOf(event)),
  };
}
