import type { HonoRequest } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticateHashedSecret } from "@/lib/access-tokens/authenticate";
import { hashSecret, isWellFormedSecret } from "@/lib/access-tokens/secret";
import { DomainError, notAuthenticated } from "@/lib/errors";
import { callerAt, enterAs, knownCallers, requests } from "@/lib/limits/callers";
import type { Place } from "@/lib/limits/in-flight";
import { requestContext } from "@/lib/request-context";
import { authenticatePerson } from "@/lib/sign-in/jwt/authenticate-person";
import type { ApiEnv, Caller } from "./env";
import { challenges, problem } from "./problem";
import { limitBadCredentials, limitRefusals, limitRefused, tooManyAtOnce } from "./rate-limit";

const bearer = /^bearer(?: +(.*))?$/i;
/** The Base64 of `{"`, with which the header of a JWT begins; no access token does. */
const jwtPrefix = "eyJ";

/** What a request brings: the secret of an access token, or a person's JWT, which only `Authorization` takes. */
type Credential = { kind: "secret" | "jwt"; value: string };

/**
 * The credential that a request brings, unjudged; undefined where it brings none that this API knows.
 * RFC 6750, 2.1: the scheme in any case, then at least one space. Throws `two_credentials`.
 */
function readCredential(request: HonoRequest): Credential | undefined {
  const privateToken = request.header("private-token");
  const authorization = request.header("authorization");
  if (privateToken === undefined) return authorization === undefined ? undefined : bearerCredential(authorization);
  if (authorization === undefined) return { kind: "secret", value: privateToken };
  throw new DomainError("two_credentials", "Send either private-token or Authorization, not both.");
}

function bearerCredential(authorization: string): Credential | undefined {
  const match = bearer.exec(authorization);
  if (!match) return undefined;
  const value = match[1] ?? "";
  return { kind: value.startsWith(jwtPrefix) ? "jwt" : "secret", value };
}

/**
 * Lets in who brings a good credential, and so many requests of each at a time. Why another credential is not good is not
 * told: the answer is the same to the letter.
 */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c.req);
  if (credential === undefined) return refuse("none");
  // A secret whose checksum is wrong costs nothing, and counts nothing.
  if (credential.kind === "secret" && !isWellFormedSecret(credential.value)) return refuse("invalid");
  const place = requests.place(c.env.outgoing);
  try {
    const caller = await admit(credential, place);
    if (caller instanceof Response) return caller;
    const refused = limitRefused(c, caller);
    if (refused) return refused;
    c.set("caller", caller);
    await next();
    limitRefusals(c, caller);
  } finally {
    place.leave();
  }
});

/** Until it is known to be good, a credential counts as that of who brought it lately, or of who is at this address. */
async function admit({ kind, value }: Credential, place: Place): Promise<Caller | Response> {
  const hash = hashSecret(value);
  const known = knownCallers.userOf(hash);
  const entered = enterAs(known ?? callerAt(requestContext()?.address), place);
  if (entered !== true && !(await entered)) return tooManyAtOnce();
  const caller = kind === "secret" ? await authenticateHashedSecret(hash) : await personCalling(value);
  if (!caller) return limitBadCredentials() ?? refuse("invalid");
  const { userId } = caller.actor;
  if (userId === known) return caller;
  knownCallers.note(hash, userId);
  return (await enterAs(userId, place)) ? caller : tooManyAtOnce();
}

async function personCalling(jwt: string): Promise<Caller | undefined> {
  const actor = await authenticatePerson(jwt);
  return actor && { actor, token: null };
}

// Not as an error that is thrown: its stack would cost a tenth of what is refused a second.
function refuse(why: keyof typeof challenges): Response {
  return problem("unauthenticated", notAuthenticated, { headers: challenges[why] });
}
