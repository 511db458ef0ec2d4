import type { Executor } from "@/db/client";
import { decrypt, encrypt, SealError } from "./aes-gcm";
import { keyForSealing, keyForUnsealing } from "./data-keys";

const version = 1;
const keyIdShape = /^key_[0-9a-z]{26}$/;
const keyIdLength = 30;
const headerLength = 1 + keyIdLength;

/** One byte for the version, the data key's id, and what was encrypted with it. */
export function formatSealed(keyId: string, box: Buffer): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.from(keyId, "latin1"), box]);
}

/** Throws a SealError where this was not written by `formatSealed`. */
export function parseSealed(sealed: Buffer): { keyId: string; box: Buffer } {
  if (sealed[0] !== version) throw new SealError("The sealed value's format is unknown.");
  const keyId = sealed.toString("latin1", 1, headerLength);
  if (!keyIdShape.test(keyId)) throw new SealError("The sealed value names no data key.");
  return { keyId, box: sealed.subarray(headerLength) };
}

/** Where a sealed value is stored, and whose it is. It opens nowhere else. */
export type SealedAt = { organizationId: string; table: string; column: string; rowId: string };

/** Encrypts a text for its place. Makes the organization's data key where there is none, in the same transaction. */
export async function seal(tx: Executor, place: SealedAt, plaintext: string): Promise<Buffer> {
  // UTF-8 has no half of a surrogate pair: it would come back as another character.
  if (!plaintext.isWellFormed()) throw new SealError("The text to seal is not well-formed Unicode.");
  const { id, key } = await keyForSealing(tx, place.organizationId);
  return formatSealed(id, encrypt(key, boundTo(place, id), Buffer.from(plaintext, "utf8")));
}

/** The text that was sealed for this place. Throws a SealError where it doesn't open; asks the database once at most. */
export async function unseal(executor: Executor, place: SealedAt, sealed: Buffer): Promise<string> {
  const { keyId, box } = parseSealed(sealed);
  const key = await keyForUnsealing(executor, place.organizationId, keyId);
  return decrypt(key, boundTo(place, keyId), box).toString("utf8");
}

function boundTo({ organizationId, table, column, rowId }: SealedAt, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(["sealed value", keyId, organizationId, table, column, rowId]));
}
