import ipaddr from "ipaddr.js";

type Ip = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = [Ip, number];

/** The address that the text is, and nothing else: an IPv4-mapped IPv6 address is the IPv4 address in it. */
export function parseIp(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The network that the text is: an address, or an address and the number of its leading bits. */
export function parseNetwork(text: string): Network | undefined {
  const [, first = "", digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIp(first);
  if (!address) return undefined;
  const size = bitsOf(address);
  if (digits === undefined) return [address, size];
  // The bits of an IPv4-mapped network count from the beginning of the IPv6 address.
  const bits = first.includes(":") && size === 32 ? Number(digits) - 96 : Number(digits);
  return bits >= 0 && bits <= size ? [address, bits] : undefined;
}

export function isInNetwork(address: Ip, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network);
}

/**
 * The address that a socket or a proxy names, in one spelling: without brackets, port and zone, and an IPv4-mapped one as
 * IPv4. Undefined where the text names no address.
 */
export function readAddress(text: string | undefined): string | undefined {
  const given = text?.trim() ?? "";
  const inBrackets = /^\[([^\]]*)\](?::\d{0,5})?$/.exec(given)?.[1];
  const beforePort = /^([\d.]+):\d{0,5}$/.exec(given)?.[1];
  const bare = inBrackets ?? beforePort ?? given;
  return parseIp(bare.replace(/%[^%]*$/, ""))?.toString();
}

/**
 * What one party is counted by: an IPv4 address as it is, of an IPv6 address its network of 64 bits, for all addresses of
 * that are one party's. Callers without a known address count as one.
 */
export function networkOf(address: string | null | undefined): string {
  return networkOfBits(address, 32, 64);
}

/** What guesses of passwords are counted by: a party that has 48 bits of IPv6 has no more of them than one with 64. */
export function wideNetworkOf(address: string | null | undefined): string {
  return networkOfBits(address, 32, 48);
}

/** What may be shown of where someone was: 24 bits of an IPv4 address, 48 of an IPv6 address. */
export function shownNetworkOf(address: string | null | undefined): string | null {
  return parseIp(address ?? "") ? networkOfBits(address, 24, 48) : null;
}

function networkOfBits(address: string | null | undefined, ipv4Bits: number, ipv6Bits: number): string {
  const ip = parseIp(address ?? "");
  if (!ip) return "unknown";
  const bits = ip.kind() === "ipv4" ? ipv4Bits : ipv6Bits;
  if (bits === bitsOf(ip)) return ip.toString();
  const network = ip.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${network.networkAddressFromCIDR(`${ip}/${bits}`)}/${bits}`;
}

function bitsOf(address: Ip): number {
  return address.kind() === "ipv4" ? 32 : 128;
}
