import { createMiddleware } from "hono/factory";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { unauthenticated } from "@/lib/errors";
import { readCredential } from "./credential";
import type { ApiEnv } from "./env";
import { challenge, problem } from "./problem";

const asks = { "www-authenticate": challenge };

/** Lets in who brings a good credential. Why another one is not good is not told: the answer is the same to the letter. */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c.req);
  if (credential === undefined) return problem("unauthenticated", unauthenticated().message, { headers: asks });
  const caller = await authenticateAccessToken(credential);
  if (!caller) throw unauthenticated();
  c.set("caller", caller);
  await next();
});
