import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 43;
const checksumLength = 6;
const shape = /^vh[goj]_[0-9A-Za-z]{49}$/;
const prefixes = { group: "vhg_", organization: "vho_", pipeline: "vhj_" } as const;

/**
 * Generates a secret: a prefix that tells its token's owner or that it is a pipeline's, 43 random base62 characters,
 * 6 characters of checksum.
 */
export function generateSecret(kind: keyof typeof prefixes): string {
  const unsigned = `${prefixes[kind]}${randomBase62(randomLength)}`;
  return unsigned + checksumOf(unsigned);
}

/** True if shape and checksum are right; the token may still not exist. */
export function isWellFormedSecret(candidate: string): boolean {
  return shape.test(candidate) && candidate.endsWith(checksumOf(candidate.slice(0, -checksumLength)));
}

/** SHA-256, 32 bytes. A secret is stored in no other form. */
export function hashSecret(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** The same as PostgreSQL writes it: a text is made, compared and sent four times as fast. */
export function writtenHash(secret: string): string {
  return `\\x${hash("sha256", secret, "hex")}`;
}

/** CRC-32 (zlib's) in base62, most significant digit first. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < checksumLength; place++) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** Only digits and letters, so that mail and chat programs don't cut a link short. */
export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    // 248 is the largest multiple of 62 in a byte; higher values would bias the first digits.
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
  }
  return text;
}
