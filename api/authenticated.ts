import { createMiddleware } from "hono/factory";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { isWellFormedSecret } from "@/lib/access-tokens/secret";
import { notAuthenticated } from "@/lib/errors";
import { authenticatePerson } from "@/lib/people/authenticate-person";
import { readCredential } from "./credential";
import type { ApiEnv, Caller } from "./env";
import { challenges, problem } from "./problem";
import { limitBadCredentials, limitRefusals, limitRefused } from "./rate-limit";

/** Lets in who brings a good credential. Why another one is not good is not told: the answer is the same to the letter. */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c.req);
  if (credential === undefined) return refuse("none");
  const { kind, value } = credential;
  // A secret whose checksum is wrong costs nothing, and counts nothing.
  if (kind === "secret" && !isWellFormedSecret(value)) return refuse("invalid");
  const caller = kind === "secret" ? await authenticateAccessToken(value) : await personCalling(value);
  if (!caller) return limitBadCredentials() ?? refuse("invalid");
  const refused = limitRefused(c, caller);
  if (refused) return refused;
  c.set("caller", caller);
  await next();
  limitRefusals(c, caller);
});

async function personCalling(jwt: string): Promise<Caller | undefined> {
  const actor = await authenticatePerson(jwt);
  return actor && { actor, token: null };
}

// Not as an error that is thrown: its stack would cost a tenth of what is refused a second.
function refuse(why: keyof typeof challenges): Response {
  return problem("unauthenticated", notAuthenticated, { headers: challenges[why] });
}
