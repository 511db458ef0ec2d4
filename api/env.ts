import type { HttpBindings } from "@hono/node-server";
import type { Authenticated } from "@/lib/access-tokens/authenticate";
import type { Scope } from "@/lib/auth/scope";

/** What a handler finds: node's request and response, and, behind `authenticated`, who is asking. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Authenticated } };

/** The same behind `tokenScope`, with the scope of the token that the path names. */
export type OfTokenEnv = { Bindings: HttpBindings; Variables: ApiEnv["Variables"] & { scope: Scope } };
