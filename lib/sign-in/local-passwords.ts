import { settings } from "@/lib/env";
import { forbidden } from "@/lib/errors";

/** Whether people may sign in with a local password at all: the operator's `LOCAL_PASSWORDS`. */
export function areLocalPasswordsOn(): boolean {
  return settings().LOCAL_PASSWORDS === "on";
}

/** Throws `forbidden` where they are turned off. */
export function requireLocalPasswords(): void {
  if (!areLocalPasswordsOn()) throw forbidden("Local passwords are turned off here. Sign in with your organization.");
}
