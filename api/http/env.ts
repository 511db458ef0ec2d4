import type { HttpBindings } from "@hono/node-server";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Person, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";

/** Who is asking: a technical user by its access token, or a person. */
export type Caller = { actor: TechnicalUser; token: AccessToken } | { actor: Person; token: null };

/** What a handler finds: node's request and response, and, behind `authenticated`, who is asking. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Caller } };

/** The same behind `tokenOnly`, where no person asks. */
export type TokenEnv = {
  Bindings: HttpBindings;
  Variables: ApiEnv["Variables"] & { token: AccessToken; technicalUser: TechnicalUser };
};

/** The same behind `tokenScope`, with the scope of the token that the path names. */
export type OfTokenEnv = { Bindings: HttpBindings; Variables: ApiEnv["Variables"] & { scope: Scope } };
