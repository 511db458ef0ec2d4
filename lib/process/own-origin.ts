import { settings } from "@/lib/env";
import { processWide } from "./process-wide";

/** The public address: AUTH_URL or, without it, where this server listens. Undefined until it listens. */
export function ownOrigin(): string | undefined {
  const { AUTH_URL } = settings();
  return AUTH_URL ? new URL(AUTH_URL).origin : processWide.address;
}
