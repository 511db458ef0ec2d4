import { Agent, setGlobalDispatcher } from "undici";
import { lookupBy, type Resolve } from "./resolve";
import { createResolve } from "./system-resolve";

/**
 * Has `fetch` look names up as requests to providers are, with no allowlist. Each attempt to sign in asks the identity
 * provider, whoever makes it: while that one's name server is silent, getaddrinfo's threads would be kept from the
 * database, whose host has a name too.
 */
export function resolveNamesOfFetch(resolve: Resolve = createResolve()): void {
  setGlobalDispatcher(new Agent({ connect: { lookup: lookupBy(resolve) } }));
}
