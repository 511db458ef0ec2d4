import { createMiddleware } from "hono/factory";
import { getAccessToken, scopeOfAccessToken } from "@/lib/access-tokens/queries";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import { forbidden } from "@/lib/errors";
import type { ApiEnv, OfTokenEnv, TokenEnv } from "./env";
import { problem } from "./problem";

/** Keeps routes with `{id}` from matching `self`, which is read-only. */
export const notSelf = createMiddleware<ApiEnv>(async (c, next) => {
  return c.req.param("id") === "self" ? c.notFound() : next();
});

/** For routes that only people may use: refuses an access token before its body is read. */
export const peopleOnly = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.get("caller").actor.kind === "person") return next();
  return problem("people_only", "Access tokens are created by people, not by access tokens.");
});

/** For routes about the calling access token: refuses people, who have none. */
export const tokenOnly = createMiddleware<TokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (!token) throw forbidden("This is for access tokens: it can't be asked with a person's JWT.");
  c.set("token", token);
  c.set("technicalUser", actor);
  await next();
});

/**
 * For routes that change the token in the path, or what belongs to it. Refuses a token that may see itself but not
 * change itself, before the body is read. The command authorizes everyone else.
 */
export const mayManage = createMiddleware<OfTokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (token?.id === c.req.param("id")) await authorizeCommand(actor, c.get("scope"), "access-tokens:manage");
  await next();
});

/**
 * For routes below a token: finds the scope of the token in the path. A token that the caller may not see answers 404,
 * whatever else is wrong with the request.
 */
export const tokenScope = createMiddleware<OfTokenEnv>(async (c, next) => {
  const id = c.req.param("id") ?? "";
  const scope = await scopeOfAccessToken(id);
  await getAccessToken(c.get("caller").actor, scope, id);
  c.set("scope", scope);
  await next();
});
