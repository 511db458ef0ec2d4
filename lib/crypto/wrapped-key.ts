import { createSecretKey, type KeyObject } from "node:crypto";
import { decrypt, encrypt, SealError } from "./aes-gcm";
import type { MasterKeys } from "./master-keys";

const version = 1;

/** The row of the data key. A wrapped key moved to another row can't be unwrapped. */
export type KeyOwner = { id: string; organizationId: string };
export type WrappedKey = { wrapped: Buffer; masterKeyId: string };

/** Encrypts a data key with the first master key. */
export function wrap(keys: MasterKeys, owner: KeyOwner, dataKey: KeyObject): WrappedKey {
  const { id: masterKeyId, key } = keys.first;
  const box = encrypt(key, boundTo(owner, masterKeyId), dataKey.export());
  return { wrapped: Buffer.concat([Buffer.of(version), box]), masterKeyId };
}

/** Throws a SealError if the master key is missing, or the wrapped key was not made for this row. */
export function unwrap(keys: MasterKeys, row: KeyOwner & WrappedKey): KeyObject {
  const key = keys.byId.get(row.masterKeyId);
  if (!key) throw new SealError(`ENCRYPTION_KEYS lacks the key “${row.masterKeyId}”.`);
  if (row.wrapped[0] !== version) throw new SealError("The data key's format is unknown.");
  return createSecretKey(decrypt(key, boundTo(row, row.masterKeyId), row.wrapped.subarray(1)));
}

function boundTo({ organizationId, id }: KeyOwner, masterKeyId: string): Buffer {
  return Buffer.from(JSON.stringify(["data key", version, organizationId, id, masterKeyId]));
}
