import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { type Allowlist, permitsAddress } from "@/lib/version-control/allowlist";
import { urlNotAllowed } from "./errors";

/** Every address of a host name, as the machine's resolver tells them. */
export type Resolve = (host: string) => Promise<string[]>;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * A lookup for sockets that hands out what it has checked, so that the connection goes nowhere else.
 * One address that isn't permitted refuses the name as a whole.
 */
export function vettedLookup(allowlist: Allowlist, port: number, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    vetted(allowlist, host, port, resolve).then(
      (addresses) => callback(null, options.all ? addresses : (addresses[0]?.address ?? ""), addresses[0]?.family),
      (error) => callback(error, []),
    );
  };
}

async function vetted(allowlist: Allowlist, host: string, port: number, resolve: Resolve): Promise<LookupAddress[]> {
  const addresses = await resolve(host);
  if (addresses.length === 0) throw Object.assign(new Error("The name has no address."), { code: "ENOTFOUND" });
  if (!addresses.every((address) => permitsAddress(allowlist, host, address, port))) throw urlNotAllowed(host);
  return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}
