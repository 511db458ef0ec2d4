import type { Role } from "@/db/enums";
import type { Status } from "@/lib/access-tokens/access-token";
import type { Bounds } from "@/lib/policies/policy";

export type RotatedToken = {
  id: string;
  name: string;
  role: Role;
  expiresAt: Date;
  /** Null if it has no secret. */
  tokenSuffix: string | null;
  /** The suffix of the old secret while a rotation is pending. */
  retiringSuffix: string | null;
  /** Whether it is revoked because its secret was reported as leaked. */
  isLeaked: boolean;
};

/** A token that leaked is rotated in place of being reactivated. */
export function isRotatable({ status, isLeaked }: { status: Status; isLeaked: boolean }): boolean {
  return status === "active" || (status === "revoked" && isLeaked);
}

/** Whose policy doesn't let this token live longer; null if none. */
export function extensionRefusedBy({ role }: RotatedToken, { adminRoleRefusedBy }: Bounds) {
  return role.endsWith("_admin") ? adminRoleRefusedBy : null;
}

export const oldSecretEnds = ["on_first_use", "date", "now"] as const;
/** When the old secret ends after a rotation. */
export type OldSecretEnds = (typeof oldSecretEnds)[number];

export const rotationEnds = ["complete", "cancel"] as const;
/** How a rotation that is pending ends: without the old secret, or without the new one. */
export type RotationEnd = (typeof rotationEnds)[number];
