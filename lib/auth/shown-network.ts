import { isIP } from "node:net";
import { networksOf } from "./network-of";

/** What may be shown of where someone was: 24 bits of an IPv4 address, 48 of an IPv6 address; null of anything else. */
export function shownNetwork(address: string | null): string | null {
  const network = address && networksOf(address).at(-1);
  if (!network) return null;
  if (isIP(network)) return network.replace(/\d+$/, "0/24");
  return network.endsWith("::/48") ? network : null;
}
