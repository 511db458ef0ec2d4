import { createMiddleware } from "hono/factory";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { readCredential } from "./credential";
import type { ApiEnv } from "./env";
import { problem } from "./problem";

const challenge = 'Bearer realm="veHaaS"';

/** Lets in who brings a good credential. Why another one is not good is not told: the answer is the same to the letter. */
export const authenticated = createMiddleware<ApiEnv>(async (c, next) => {
  const credential = readCredential(c.req);
  if (credential === undefined) return unauthenticated(challenge);
  const caller = await authenticateAccessToken(credential);
  if (!caller) return unauthenticated(`${challenge}, error="invalid_token"`);
  c.set("caller", caller);
  await next();
});

function unauthenticated(wwwAuthenticate: string): Response {
  return problem("unauthenticated", "A valid access token is required.", {
    headers: { "www-authenticate": wwwAuthenticate },
  });
}
