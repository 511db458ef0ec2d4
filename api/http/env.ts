import type { HttpBindings } from "@hono/node-server";
import type { Authenticated } from "@/lib/access-tokens/find-by-secret";
import type { Person } from "@/lib/auth/actor";

/** The caller: a technical user by its access token, or a person. */
export type Caller = Authenticated | { actor: Person; token: null };

/** A handler's environment: node's request and response and, behind `authenticated`, the caller. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Caller } };

/** The same behind `tokenOnly`, where the caller is always an access token. */
export type TokenEnv = {
  Bindings: HttpBindings;
  Variables: ApiEnv["Variables"] & { authenticated: Authenticated };
};
