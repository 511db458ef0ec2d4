export type RotatedToken = {
  id: string;
  name: string;
  expiresAt: Date;
  /** Null if it has no secret. */
  tokenSuffix: string | null;
  /** The suffix of the old secret while a rotation is pending. */
  retiringSuffix: string | null;
};

export const oldSecretEnds = ["on_first_use", "date", "now"] as const;
/** When the old secret ends after a rotation. */
export type OldSecretEnds = (typeof oldSecretEnds)[number];

export const rotationEnds = ["complete", "cancel"] as const;
/** How a rotation that is pending ends: without the old secret, or without the new one. */
export type RotationEnd = (typeof rotationEnds)[number];
