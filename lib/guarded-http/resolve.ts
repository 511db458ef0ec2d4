import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { type Allowlist, permitsAddress } from "@/lib/network/allowlist";
import { urlNotAllowed } from "./errors";

/** All addresses of a host name. Stops when the signal aborts. */
export type Resolve = (host: string, signal?: AbortSignal) => Promise<string[]>;

/**
 * A lookup for sockets that returns only checked addresses, so that the connection goes to one of them. One forbidden
 * address refuses the whole name.
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

/** A lookup for sockets that uses the resolver. */
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
