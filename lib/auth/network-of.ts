import { isIPv6 } from "node:net";

/**
 * What attempts are counted by: an IPv4 address as it is, but of an IPv6 address the network of 64 bits, for whoever
 * has one address there has them all.
 */
export function networkOf(address: string): string {
  return networksOf(address)[0] ?? address;
}

/** The same, and the network around it: 64 and 48 bits of an IPv6 address, for many sites are given all of the latter. */
export function networksOf(address: string): string[] {
  const bare = address.replace(/%.*$/, "");
  if (!isIPv6(bare)) return [address];
  // The URL parser writes every spelling of an address the same way, and an embedded IPv4 address as two groups.
  const [head = "", tail = ""] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const groups = [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  if (groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return [embeddedAddress(groups.slice(6))];
  return [4, 3].map((length) => `${groups.slice(0, length).join(":")}::/${length * 16}`);
}

function groupsOf(text: string): string[] {
  return text ? text.split(":") : [];
}

function embeddedAddress(groups: string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}
