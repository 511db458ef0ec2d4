import { isLocalSignInEnabled } from "@/lib/auth/local-accounts";
import { settings } from "@/lib/env";

export type PasswordNeed = "required" | "optional" | "none";

/** Whether a new person chooses a password: not where people sign in with the identity provider alone. */
export async function passwordNeed(): Promise<PasswordNeed> {
  if (!settings().OIDC_ISSUER) return "required";
  return (await isLocalSignInEnabled()) ? "optional" : "none";
}
