import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticateHashedSecret } from "@/lib/access-tokens/authenticate";
import { isWellFormedSecret, writtenHash } from "@/lib/access-tokens/secret";
import { DomainError, notAuthenticated } from "@/lib/errors";
import { callerAt, enterAs, knownCallers, requests } from "@/lib/limits/callers";
import type { Place } from "@/lib/limits/in-flight";
import type { Metrics } from "@/lib/metrics/instruments";
import { processWide } from "@/lib/process/process-wide";
import { requestContext } from "@/lib/request-context";
import { authenticatePerson } from "@/lib/sign-in/jwt/authenticate-person";
import type { ApiEnv, Caller } from "./env";
import { challenges, fixedProblem } from "./problem";
import { limitBadCredentials, limitRefusals, limitRefused, tooManyAtOnce } from "./rate-limit";

const bearer = /^bearer(?: +(.*))?$/i;
/** Base64 of `{"`: every JWT's header begins with it, and no access token does. */
const jwtPrefix = "eyJ";

/** The credential of a request: an access token's secret, or a person's JWT, which is only taken from `Authorization`. */
type Credential = { kind: "secret" | "jwt"; value: string };

/**
 * The request's credential, not verified. Undefined if the request has no credential of a kind that this API takes.
 * RFC 6750, 2.1: the scheme in any case, then at least one space. Throws `two_credentials`.
 */
function readCredential({ req, env }: Context<ApiEnv>): Credential | undefined {
  // Hono's look-up costs a refusal a twentieth of its time. Of two Authorization headers, Node has only the first, and older
  // versions have none that follows a thousand headers.
  const { headers, rawHeaders } = env.incoming;
  const { "private-token": privateToken, authorization: first } = headers;
  const isAbsent = first === undefined && rawHeaders.length < 2000;
  const authorization = isAbsent ? undefined : req.header("authorization");
  if (privateToken === undefined) return authorization === undefined ? undefined : bearerCredential(authorization);
  if (authorization === undefined) return { kind: "secret", value: String(privateToken) };
  throw new DomainError("two_credentials", "Send either private-token or Authorization, not both.");
}

function bearerCredential(authorization: string): Credential | undefined {
  const match = bearer.exec(authorization);
  if (!match) return undefined;
  const value = match[1] ?? "";
  return { kind: value.startsWith(jwtPrefix) ? "jwt" : "secret", value };
}

/**
 * Lets in callers with a good credential, and limits how many of a caller's requests run at once. Every bad credential
 * gets the same answer, so that it doesn't reveal what is wrong.
 */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c);
  if (credential === undefined) return refuse.withoutCredential();
  // A wrong checksum costs no query, so it isn't counted.
  if (credential.kind === "secret" && !isWellFormedSecret(credential.value)) {
    processWide.metrics?.countCheck("secret", "malformed");
    return refuse.invalid();
  }
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

/** Before the credential is checked, the request counts for its last known caller, or else for its address. */
async function admit(credential: Credential, place: Place): Promise<Caller | Response> {
  const hash = writtenHash(credential.value);
  const known = knownCallers.userOf(hash);
  const entered = enterAs(known ?? callerAt(requestContext()?.address), place);
  if (entered !== true && !(await entered)) return tooManyAtOnce();
  const caller = await check(credential, hash);
  if (!caller) return limitBadCredentials() ?? refuse.invalid();
  const { userId } = caller.actor;
  if (userId === known) return caller;
  knownCallers.note(hash, userId);
  return (await enterAs(userId, place)) ? caller : tooManyAtOnce();
}

function check({ kind, value }: Credential, hash: string): Promise<Caller | undefined> {
  const checking = kind === "secret" ? authenticateHashedSecret(hash) : personCalling(value);
  return processWide.metrics ? counted(kind, checking, processWide.metrics) : checking;
}

async function counted<C>(kind: Credential["kind"], checking: Promise<C>, metrics: Metrics): Promise<C> {
  try {
    const caller = await checking;
    metrics.countCheck(kind, caller ? "accepted" : "refused");
    return caller;
  } catch (error) {
    metrics.countCheck(kind, "failed");
    throw error;
  }
}

async function personCalling(jwt: string): Promise<Caller | undefined> {
  const actor = await authenticatePerson(jwt);
  return actor && { actor, token: null };
}

// Not thrown errors: collecting their stacks would cost a tenth of the refusals per second.
const refuse = {
  withoutCredential: fixedProblem("unauthenticated", notAuthenticated, challenges.none),
  invalid: fixedProblem("unauthenticated", notAuthenticated, challenges.invalid),
};
