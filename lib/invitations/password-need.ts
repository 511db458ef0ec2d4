import { settings } from "@/lib/env";
import { areLocalPasswordsOn } from "@/lib/sign-in/local-passwords";

export type PasswordNeed = "required" | "none";

/**
 * Whether a new person chooses a password: not with an identity provider, which verifies the e-mail address, and not if
 * local passwords are off.
 */
export function passwordNeed(): PasswordNeed {
  return settings().OIDC_ISSUER || !areLocalPasswordsOn() ? "none" : "required";
}
