import ipaddr from "ipaddr.js";

type Ip = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = [Ip, number];

/** Parses an IP address; an IPv4-mapped IPv6 address becomes its IPv4 address. Undefined for any other text. */
export function parseIp(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Parses a network: an address, or an address with a prefix length. */
export function parseNetwork(text: string): Network | undefined {
  const [, first = "", digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIp(first);
  if (!address) return undefined;
  const size = bitsOf(address);
  if (digits === undefined) return [address, size];
  // The prefix length of an IPv4-mapped network counts from the start of the IPv6 address.
  const bits = first.includes(":") && size === 32 ? Number(digits) - 96 : Number(digits);
  return bits >= 0 && bits <= size ? [address, bits] : undefined;
}

export function isInNetwork(address: Ip, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network);
}

/**
 * Normalizes the address of a socket or a proxy: removes brackets, port and zone, and maps an IPv4-mapped one to IPv4.
 * Undefined if the text is not an address.
 */
export function readAddress(text: string | undefined): string | undefined {
  const given = text?.trim() ?? "";
  const inBrackets = /^\[([^\]]*)\](?::\d{0,5})?$/.exec(given)?.[1];
  const beforePort = /^([\d.]+):\d{0,5}$/.exec(given)?.[1];
  const bare = inBrackets ?? beforePort ?? given;
  return parseIp(bare.replace(/%[^%]*$/, ""))?.toString();
}

/**
 * The key for counting one party's requests: an IPv4 address, or the /64 network of an IPv6 address. Callers without a
 * known address count as one.
 */
export function networkOf(address: string | null | undefined): string {
  return networkOfBits(address, 32, 64);
}

/** The key for counting password guesses: a party with a /48 network gets no more than one with a /64. */
export function wideNetworkOf(address: string | null | undefined): string {
  return networkOfBits(address, 32, 48);
}

/** The network that may be shown of a person's address: /24 for IPv4, /48 for IPv6. */
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
