import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { type Allowlist, permitsAddress } from "@/lib/network/allowlist";
import { urlNotAllowed } from "./errors";

/** Every address of a host name. Gives up when the signal says so. */
export type Resolve = (host: string, signal?: AbortSignal) => Promise<string[]>;

/**
 * A lookup for sockets that hands out what it has checked, so that the connection goes nowhere else.
 * One address that isn't permitted refuses the name as a whole.
 */
export function vettedLookup(
  allowlist: Allowlist,
  port: number,
  resolve: Resolve,
  signal?: AbortSignal,
): LookupFunction {
  return lookupBy(async (host) => {
    const addresses = await resolve(host, signal);
    if (!addresses.every((address) => permitsAddress(allowlist, host, address, port))) throw urlNotAllowed(host);
    return addresses;
  });
}

/** A lookup for sockets that hands out what the resolver tells. */
export function lookupBy(resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host)
      .then(asLookedUp)
      .then(
        (addresses) => callback(null, options.all ? addresses : (addresses[0]?.address ?? ""), addresses[0]?.family),
        (error) => callback(error, []),
      );
  };
}

function asLookedUp(addresses: string[]): LookupAddress[] {
  if (addresses.length === 0) throw Object.assign(new Error("The name has no address."), { code: "ENOTFOUND" });
  return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}
