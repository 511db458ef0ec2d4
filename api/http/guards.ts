import { createMiddleware } from "hono/factory";
import { assertNoPipeline } from "@/lib/access-tokens/find";
import { getManagedToken, getRotatableToken, getTrustingToken } from "@/lib/access-tokens/queries";
import { forbidden } from "@/lib/errors";
import type { Check } from "./checked";
import type { ApiEnv, TokenEnv } from "./env";
import { problem } from "./problem";

/** Keeps routes with `{id}` from matching `self`, which has its own routes. */
export const notSelf = createMiddleware<ApiEnv>(async (c, next) => {
  return c.req.param("id") === "self" ? c.notFound() : next();
});

/** For routes that only people may use: refuses an access token before its body is read. */
export const peopleOnly: Check = (c) => {
  if (c.get("caller").actor.kind === "person") return undefined;
  return problem("people_only", "Access tokens are created by people, not by access tokens.");
};

/** For routes about the calling access token: refuses people, who have none. */
export const tokenOnly: Check<TokenEnv> = (c) => {
  const caller = c.get("caller");
  if (!caller.token) throw forbidden("This is for access tokens: it can't be asked with a person's JWT.");
  c.set("authenticated", caller);
  return undefined;
};

/**
 * For routes that change the token in the path, or what belongs to it: refuses with 404 or 403 before the body is read,
 * whatever else is wrong with the request. The command authorizes again, in its transaction.
 */
export const mayManage = createMiddleware<ApiEnv>(async (c, next) => {
  await getManagedToken(c.get("caller").actor, c.req.param("id") ?? "");
  await next();
});

/** The same for routes that change the token's trusted pipelines, which are for people only. */
export const mayTrust = createMiddleware<ApiEnv>(async (c, next) => {
  await getTrustingToken(c.get("caller").actor, c.req.param("id") ?? "");
  await next();
});

/** For routes on the secrets of the token that asks: refuses a pipeline secret before the body is read. */
export const ownSecretOnly: Check<TokenEnv> = (c) => {
  assertNoPipeline(c.get("authenticated").actor);
  return undefined;
};

/** The same as mayManage for routes on the token's secrets. */
export const mayRotate = createMiddleware<ApiEnv>(async (c, next) => {
  await getRotatableToken(c.get("caller").actor, c.req.param("id") ?? "");
  await next();
});
