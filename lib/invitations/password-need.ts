import { settings } from "@/lib/env";
import { areLocalPasswordsOn } from "@/lib/sign-in/local-passwords";

export type PasswordNeed = "required" | "none";

/**
 * Whether a new person chooses a password: not where an identity provider proves who has the e-mail address, nor where
 * nobody may sign in with one.
 */
export function passwordNeed(): PasswordNeed {
  return settings().OIDC_ISSUER || !areLocalPasswordsOn() ? "none" : "required";
}
