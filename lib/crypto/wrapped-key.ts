import { createSecretKey, type KeyObject } from "node:crypto";
import { decrypt, encrypt, SealError } from "./aes-gcm";
import type { MasterKeys } from "./master-keys";

const version = 1;

/** Whose data key it is: a wrapped key that is moved to another row does not open. */
export type KeyOwner = { id: string; organizationId: string };
export type WrappedKey = { wrapped: Buffer; masterKeyId: string };

/** Encrypts a data key with the first master key. */
export function wrap(keys: MasterKeys, owner: KeyOwner, dataKey: KeyObject): WrappedKey {
  const { id: masterKeyId, key } = keys.first;
  const box = encrypt(key, boundTo(owner, masterKeyId), dataKey.export());
  return { wrapped: Buffer.concat([Buffer.of(version), box]), masterKeyId };
}

/** Throws a SealError where its master key is missing, or the wrapped key is not what was made for its owner. */
export function unwrap(keys: MasterKeys, row: KeyOwner & WrappedKey): KeyObject {
  const key = keys.byId.get(row.masterKeyId);
  if (!key) throw new SealError(`ENCRYPTION_KEYS lacks the key “${row.masterKeyId}”.`);
  if (row.wrapped[0] !== version) throw new SealError("The data key's format is unknown.");
  return createSecretKey(decrypt(key, boundTo(row, row.masterKeyId), row.wrapped.subarray(1)));
}

function boundTo({ organizationId, id }: KeyOwner, masterKeyId: string): Buffer {
  return Buffer.from(JSON.stringify(["data key", version, organizationId, id, masterKeyId]));
}
