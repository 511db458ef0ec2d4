import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import { DomainError } from "@/lib/errors";

/**
 * A stored secret that can't be sealed or opened. The message must not contain the secret, since it may reach a person:
 * `conflict` for a value, which can be replaced, `unavailable` for a data key, which can't.
 */
export class SealError extends DomainError {
  constructor(message: string, { isOfKey = false, cause }: { isOfKey?: boolean; cause?: unknown } = {}) {
    super(isOfKey ? "unavailable" : "conflict", message);
    this.name = "SealError";
    this.cause = cause;
  }
}

const algorithm = "aes-256-gcm";
const ivLength = 12;
// Also passed to Node: by default createDecipheriv accepts tags of 4 bytes, which can be guessed.
const authTagLength = 16;

/** AES-256-GCM. Returns IV, ciphertext and tag, concatenated. */
export function encrypt(key: KeyObject, boundTo: Buffer, plaintext: Buffer): Buffer {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength }).setAAD(boundTo);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws a SealError unless the box was encrypted with this key and this `boundTo`, and is unchanged. */
export function decrypt(key: KeyObject, boundTo: Buffer, box: Buffer): Buffer {
  if (box.length < ivLength + authTagLength) throw new SealError("The ciphertext is too short.");
  const iv = box.subarray(0, ivLength);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength }).setAAD(boundTo);
  decipher.setAuthTag(box.subarray(-authTagLength));
  const plaintext = decipher.update(box.subarray(ivLength, -authTagLength));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    plaintext.fill(0);
    throw new SealError("The ciphertext does not open here: it was changed, moved, or made with another key.");
  }
}
