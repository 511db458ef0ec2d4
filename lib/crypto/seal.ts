import type { Executor } from "@/db/client";
import { decrypt, encrypt, SealError } from "./aes-gcm";
import { keyForSealing, keyForUnsealing } from "./data-keys";

const version = 1;
const keyIdShape = /^key_[0-9a-z]{26}$/;
const keyIdLength = 30;
const headerLength = 1 + keyIdLength;

/** One byte of version, the data key's id, and the encrypted box. */
export function formatSealed(keyId: string, box: Buffer): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.from(keyId, "latin1"), box]);
}

/** Throws a SealError for a value that `formatSealed` did not write. */
export function parseSealed(sealed: Buffer): { keyId: string; box: Buffer } {
  if (sealed[0] !== version) throw new SealError("The sealed value's format is unknown.");
  const keyId = sealed.toString("latin1", 1, headerLength);
  if (!keyIdShape.test(keyId)) throw new SealError("The sealed value names no data key.");
  return { keyId, box: sealed.subarray(headerLength) };
}

/** Where a sealed value is stored. It can't be opened for any other place. */
export type SealedAt = { organizationId: string; table: string; column: string; rowId: string };

/** Encrypts a text for its place. Creates the organization's data key if missing, in the same transaction. */
export async function seal(tx: Executor, place: SealedAt, plaintext: string): Promise<Buffer> {
  // UTF-8 can't encode a lone surrogate: it would be decoded as another character.
  if (!plaintext.isWellFormed()) throw new SealError("The text to seal is not well-formed Unicode.");
  const { id, key } = await keyForSealing(tx, place.organizationId);
  return formatSealed(id, encrypt(key, boundTo(place, id), Buffer.from(plaintext, "utf8")));
}

/** Decrypts a text sealed for this place. Throws a SealError if it can't be opened; makes at most one query. */
export async function unseal(executor: Executor, place: SealedAt, sealed: Buffer): Promise<string> {
  const { keyId, box } = parseSealed(sealed);
  const key = await keyForUnsealing(executor, place.organizationId, keyId);
  return decrypt(key, boundTo(place, keyId), box).toString("utf8");
}

function boundTo({ organizationId, table, column, rowId }: SealedAt, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(["sealed value", keyId, organizationId, table, column, rowId]));
}
