import ipaddr from "ipaddr.js";
import { isInNetwork, type Network } from "./ip-address";
import { coversMetadata, isMetadata, isPublic, parseAddress } from "./judged-address";

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** True for a host name in lower case as DNS and TLS know it: ASCII labels, no empty one, no underscore, not a number at the end. */
export function isHostName(host: string): boolean {
  const labels = host.split(".");
  if (host.length > 253 || !labels.every((one) => label.test(one))) return false;
  return !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}

type Entry = { port: number | undefined } & ({ host: string } | { network: Network });

/** What the operator permits beyond public addresses; and what nobody can permit. */
export type Allowlist = readonly Entry[];

export class AllowlistError extends Error {}

// A name for what the metadata addresses are is as bad as the address.
const metadataNames =
  /^(?:metadata(?:\.goog|\.google\.internal|\.azure\.internal|\.tencentyun\.com)?|instance-data(?:\.[a-z0-9-]+)*)$/;

/** Reads PROVIDER_ALLOWLIST. Throws an AllowlistError whose message names the entry that can't be taken. */
export function parseAllowlist(text: string): Allowlist {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parseEntry);
}

/** True when an entry names this very host (a name or an address in it), so that plain http and its port are fine too. */
export function listsHost(allowlist: Allowlist, host: string, port: number): boolean {
  return allowlist.some((entry) => matchesPort(entry, port) && matchesHost(entry, host));
}

/** True when an entry names this host with this port, which permits a port that is reserved otherwise. */
export function listsPort(allowlist: Allowlist, host: string, port: number): boolean {
  return allowlist.some((entry) => entry.port === port && matchesHost(entry, host));
}

/** Whether a connection for this host may go to this address. Metadata addresses are refused whatever the list says. */
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
  // As written: a network of addresses that stand for IPv4 ones is judged, and refused, as such.
  const first = text.includes(":") ? ipaddr.IPv6.parse(text) : address;
  return Number(digits) <= first.toByteArray().length * 8 ? [first, Number(digits)] : undefined;
}
