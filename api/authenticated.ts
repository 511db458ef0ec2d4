import { createMiddleware } from "hono/factory";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { unauthenticated } from "@/lib/errors";
import { authenticatePerson } from "@/lib/people/authenticate-person";
import { readCredential } from "./credential";
import type { ApiEnv, Caller } from "./env";
import { challenge, problem, problemOf } from "./problem";
import { limitBadCredentials, limitRefusals } from "./rate-limit";

const asks = { "www-authenticate": challenge };

/** Lets in who brings a good credential. Why another one is not good is not told: the answer is the same to the letter. */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c.req);
  if (credential === undefined) return problem("unauthenticated", unauthenticated().message, { headers: asks });
  const { kind, value } = credential;
  const caller = kind === "secret" ? await authenticateAccessToken(value) : await personCalling(value);
  if (!caller) return limitBadCredentials(c, credential) ?? problemOf(unauthenticated());
  c.set("caller", caller);
  await next();
  limitRefusals(c, caller);
});

async function personCalling(jwt: string): Promise<Caller | undefined> {
  const actor = await authenticatePerson(jwt);
  return actor && { actor, token: null };
}
