import type { HttpBindings } from "@hono/node-server";
import type { Authenticated } from "@/lib/access-tokens/authenticate";

/** What a handler finds: node's request and response, and, behind `authenticated`, who is asking. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Authenticated } };
