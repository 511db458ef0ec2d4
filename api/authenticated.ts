import { createMiddleware } from "hono/factory";
import { authenticateHashedSecret } from "@/lib/access-tokens/authenticate";
import { hashSecret, isWellFormedSecret } from "@/lib/access-tokens/secret";
import { notAuthenticated } from "@/lib/errors";
import { callerAt, enterAs, knownCallers, requests } from "@/lib/limits/callers";
import type { Place } from "@/lib/limits/in-flight";
import { authenticatePerson } from "@/lib/people/authenticate-person";
import { requestContext } from "@/lib/request-context";
import { type Credential, readCredential } from "./credential";
import type { ApiEnv, Caller } from "./env";
import { challenges, problem } from "./problem";
import { limitBadCredentials, limitRefusals, limitRefused, tooManyAtOnce } from "./rate-limit";

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
