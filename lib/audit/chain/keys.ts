import type { Executor } from "@/db/client";
import type { auditEvents } from "@/db/schema";
import { type Authenticator, authenticator, existingAuthenticator } from "@/lib/crypto/authenticator";

export type StoredEvent = typeof auditEvents.$inferSelect;

const version = 1;

/** Every column of the event in a fixed order: what its proof and its place in the chain are made from. */
export function bytesOf(event: StoredEvent): Buffer {
  return Buffer.from(
    JSON.stringify([
      version,
      event.id,
      event.organizationId,
      event.groupId,
      event.ownerId,
      // As an instant in UTC with milliseconds; null where someone has made it one that JavaScript can't hold.
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
 * PostgreSQL keeps the entries of a JSON object in an order of its own. What is no object, as it never was, stays; what is
 * neither string nor null, as no entry ever was, becomes none of these, though JavaScript writes 1e400 as null.
 */
function sorted(detail: unknown): unknown {
  if (!(detail instanceof Object) || Array.isArray(detail)) return detail;
  return Object.fromEntries(
    Object.entries(detail)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, typeof value === "string" || value === null ? value : [value]]),
  );
}

/** Makes an event's proof, and the hash over it and its predecessor's hash. */
export type ChainKeys = {
  proof: (event: StoredEvent) => Buffer;
  hash: (previous: Buffer, event: StoredEvent) => Buffer;
};

/** An event that awaits its place in the chain. Without a proof where someone has let the column be empty. */
export type Pending = { event: StoredEvent; proof: Buffer | null };

/** What stands for the hash before the first. */
export const beginning: Buffer = Buffer.alloc(32);

const purpose = "audit log";
const [proofMark, hashMark] = [Buffer.from("proof:"), Buffer.from("chain:")];

/** `now` is the database's time. */
export type ChainKeysNow = ChainKeys & { now: Date };

/** Makes the organization's data key where there is none. */
export async function chainKeys(tx: Executor, organizationId: string): Promise<ChainKeysNow> {
  const { authenticate, now } = await authenticator(tx, organizationId, purpose);
  return { ...keysWith(authenticate), now };
}

/** Undefined where the organization has no data key; throws a SealError where it does not open. */
export async function existingChainKeys(executor: Executor, organizationId: string): Promise<ChainKeys | undefined> {
  const found = await existingAuthenticator(executor, organizationId, purpose);
  return found && keysWith(found);
}

/** Whether the application wrote the event, as it now is. */
export function isGenuine(keys: ChainKeys | undefined, { event, proof }: Pending): boolean {
  return Boolean(keys && proof?.equals(keys.proof(event)));
}

function keysWith(authenticate: Authenticator): ChainKeys {
  return {
    proof: (event) => authenticate(proofMark, bytesOf(event)),
    hash: (previous, event) => authenticate(hashMark, previous, bytesOf(event)),
  };
}
