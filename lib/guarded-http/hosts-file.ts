import { isIP } from "node:net";

/** IPv4 and IPv6 addresses by host name, in lower case. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/** Parses the format of hosts(5): an address, its name and its aliases on each line. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const [address = "", ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    // An address with a zone reaches an interface of this machine, which is never allowed.
    if (!isIP(address) || address.includes("%")) continue;
    for (const name of names) add(hosts, name.toLowerCase().replace(/\.$/, ""), address);
  }
  return hosts;
}

function add(hosts: Map<string, string[]>, name: string, address: string): void {
  const known = hosts.get(name);
  if (!known) hosts.set(name, [address]);
  else if (!known.includes(address)) known.push(address);
}
