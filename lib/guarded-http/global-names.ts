import { Agent, setGlobalDispatcher } from "undici";
import { lookupBy, type Resolve } from "./resolve";
import { createResolve } from "./system-resolve";

/**
 * Makes `fetch` resolve names like requests to providers, without an allowlist. Anyone can trigger requests to the
 * identity provider by signing in; with getaddrinfo, a silent name server would block libuv's threads, which the
 * database's host name also needs.
 */
export function resolveNamesOfFetch(resolve: Resolve = createResolve()): void {
  setGlobalDispatcher(new Agent({ connect: { lookup: lookupBy(resolve) } }));
}
