import ipaddr from "ipaddr.js";
import { isInNetwork, type Network, parseIp } from "./ip-address";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

// AWS, Google Cloud, Azure, Oracle, Alibaba, Tencent and OpenStack. These return the machine's own credentials.
const metadataAddresses = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "169.254.0.23",
  "168.63.129.16",
  "192.0.0.192",
  "100.100.100.200",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "fe80::a9fe:a9fe",
].map((text) => ipaddr.parse(text));

// IPv6 ranges that embed IPv4 addresses: translated, compatible, NAT64 (well-known, local), 6to4, Teredo.
const embedding = [
  "::/96",
  "::ffff:0:0/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2002::/16",
  "2001::/32",
].map((text) => ipaddr.IPv6.parseCIDR(text));
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** The address to check: an IPv4-mapped or NAT64 address becomes its IPv4 address. Undefined for no address. */
export function parseAddress(text: string): Address | undefined {
  const address = parseIp(text);
  return address instanceof ipaddr.IPv6 && address.match(nat64)
    ? new ipaddr.IPv4(address.toByteArray().slice(12))
    : address;
}

/** True only for public unicast addresses; false for 6to4, Teredo and all other special ranges. */
export function isPublic(address: Address): boolean {
  if (isMetadata(address) || address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast);
}

/** True for a cloud's metadata address, which no allowlist can allow. */
export function isMetadata(address: Address): boolean {
  return metadataAddresses.some((one) => one.toNormalizedString() === address.toNormalizedString());
}

/** True if the network contains a metadata address, directly or embedded in an IPv6 address. */
export function coversMetadata(network: Network): boolean {
  const [address, bits] = network;
  if (metadataAddresses.some((one) => isInNetwork(one, network))) return true;
  if (address instanceof ipaddr.IPv4 || isLoopback(address, bits)) return false;
  return embedding.some(([base, baseBits]) => address.match([base, Math.min(bits, baseBits)]));
}

function isLoopback(address: ipaddr.IPv6, bits: number): boolean {
  return bits === 128 && address.range() === "loopback";
}
