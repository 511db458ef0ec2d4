import { settings } from "@/lib/env";
import { forbidden } from "@/lib/errors";

/** Whether the operator's `LOCAL_PASSWORDS` lets people sign in with a local password. */
export function areLocalPasswordsOn(): boolean {
  return settings().LOCAL_PASSWORDS === "on";
}

/** Throws `forbidden` if local passwords are turned off. */
export function requireLocalPasswords(): void {
  if (!areLocalPasswordsOn()) throw forbidden("Local passwords are turned off here. Sign in with your organization.");
}
