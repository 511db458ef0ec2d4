import type { Executor } from "@/db/client";
import { decrypt, encrypt } from "./aes-gcm";
import { keyForSealing, keyForUnsealing } from "./data-keys";
import { SealError } from "./seal-error";
import { formatSealed, parseSealed } from "./sealed-format";

/** Where a sealed value is stored, and whose it is. It opens nowhere else. */
export type Place = { organizationId: string; table: string; column: string; rowId: string };

/** Encrypts a text for its place. Makes the organization's data key where there is none, in the same transaction. */
export async function seal(tx: Executor, place: Place, plaintext: string): Promise<Buffer> {
  // UTF-8 has no half of a surrogate pair: it would come back as another character.
  if (!plaintext.isWellFormed()) throw new SealError("The text to seal is not well-formed Unicode.");
  const { id, key } = await keyForSealing(tx, place.organizationId);
  return formatSealed(id, encrypt(key, boundTo(place, id), Buffer.from(plaintext, "utf8")));
}

/** The text that was sealed for this place. Throws a SealError where it doesn't open; asks the database once at most. */
export async function unseal(executor: Executor, place: Place, sealed: Buffer): Promise<string> {
  const { keyId, box } = parseSealed(sealed);
  const key = await keyForUnsealing(executor, place.organizationId, keyId);
  return decrypt(key, boundTo(place, keyId), box).toString("utf8");
}

function boundTo({ organizationId, table, column, rowId }: Place, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(["sealed value", keyId, organizationId, table, column, rowId]));
}
