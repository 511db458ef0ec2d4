import ipaddr from "ipaddr.js";
import { coversMetadata, isMetadata, isPublic, parseAddress } from "./address-class";
import { isInNetwork, type Network } from "./ip-address";

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** True for a lower-case host name valid in DNS and TLS: ASCII labels, no underscore, last label not a number. */
export function isHostName(host: string): boolean {
  const labels = host.split(".");
  if (host.length > 253 || !labels.every((one) => label.test(one))) return false;
  return !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}

type Entry = { port: number | undefined } & ({ host: string } | { network: Network });

/** Hosts that the operator allows beyond public addresses. */
export type Allowlist = readonly Entry[];

export class AllowlistError extends Error {}

// Names of the metadata addresses are refused like the addresses.
const metadataNames =
  /^(?:metadata(?:\.goog|\.google\.internal|\.azure\.internal|\.tencentyun\.com)?|instance-data(?:\.[a-z0-9-]+)*)$/;

/** Parses PROVIDER_ALLOWLIST. Throws an AllowlistError whose message names the invalid entry. */
export function parseAllowlist(text: string): Allowlist {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parseEntry);
}

/** True if an entry names this host, by name or by a network that contains its address. Then http is allowed too. */
export function listsHost(allowlist: Allowlist, host: string, port: number): boolean {
  return allowlist.some((entry) => matchesPort(entry, port) && matchesHost(entry, host));
}

/** True if an entry names this host with this port. Then a reserved port is allowed. */
export function listsPort(allowlist: Allowlist, host: string, port: number): boolean {
  return allowlist.some((entry) => entry.port === port && matchesHost(entry, host));
}

/** Whether a connection for this host may go to this address. No list can allow metadata addresses. */
export function permitsAddress(allowlist: Allowlist, host: string, text: string, port: number): boolean {
  const address = parseAddress(text);
  if (!address || isMetadata(address)) return false;
  return isPublic(address) || listsHost(allowlist, host, port) || listsHost(allowlist, text, port);
}

function matchesPort(entry: Entry, port: number): boolean {
  return entry.port === undefined || entry.port === port;
}

function matchesHost(entry: Entry, host: string): boolean {
  if ("host" in entry) return entry.host === host;
  const address = parseAddress(host);
  return address !== undefined && isInNetwork(address, entry.network);
}

function parseEntry(entry: string): Entry {
  const { target, port } = splitPort(entry);
  const network = parseNetwork(target);
  if (network) {
    if (coversMetadata(network))
      throw new AllowlistError(`"${entry}" covers a cloud metadata address, which can't be permitted`);
    return { network, port };
  }
  const host = target.toLowerCase().replace(/\.$/, "");
  if (!isHostName(host))
    throw new AllowlistError(`"${entry}" is not a host, an address or a network, with or without a port`);
  if (metadataNames.test(host))
    throw new AllowlistError(`"${entry}" names a cloud metadata service, which can't be permitted`);
  return { host, port };
}

function splitPort(entry: string): { target: string; port: number | undefined } {
  const [, inBrackets, bare, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535) throw new AllowlistError(`"${entry}" has a port that doesn't exist`);
  return { target: inBrackets ?? bare ?? entry, port };
}

function parseNetwork(target: string): Network | undefined {
  const [, text = "", digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(target) ?? [];
  const address = parseAddress(text);
  if (!address) return undefined;
  if (digits === undefined) return [address, address.toByteArray().length * 8];
  // Parsed as written, so that a network of IPv4-mapped addresses is recognized and refused.
  const first = text.includes(":") ? ipaddr.IPv6.parse(text) : address;
  return Number(digits) <= first.toByteArray().length * 8 ? [first, Number(digits)] : undefined;
}
