import { settings } from "@/lib/env";
import { processWide } from "./process-wide";

/**
 * The site's public origin: that of AUTH_URL, else the address that the start announces. It is the audience of the ID
 * tokens that pipelines exchange.
 */
export function publicAddress(): string {
  const { AUTH_URL, PORT } = settings();
  return new URL(AUTH_URL ?? processWide.address ?? `http://localhost:${PORT}`).origin;
}
