import { SealError } from "./seal-error";

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
