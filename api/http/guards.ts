import { createMiddleware } from "hono/factory";
import { getAccessToken, scopeOfAccessToken } from "@/lib/access-tokens/queries";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import { forbidden } from "@/lib/errors";
import type { ApiEnv, OfTokenEnv, TokenEnv } from "./env";
import { problem } from "./problem";

/** Keeps an address with an id in it from taking over `self`, which can only be read. */
export const notSelf = createMiddleware<ApiEnv>(async (c, next) => {
  return c.req.param("id") === "self" ? c.notFound() : next();
});

/** For what only people may do: an access token is told so before its body is read. */
export const peopleOnly = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.get("caller").actor.kind === "person") return next();
  return problem("people_only", "Access tokens are created by people, not by access tokens.");
});

/** For what is about the access token that asks: a person has none. */
export const tokenOnly = createMiddleware<TokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (!token) throw forbidden("This is for access tokens: it can't be asked with a person's JWT.");
  c.set("token", token);
  c.set("technicalUser", actor);
  await next();
});

/**
 * For what changes the token that the path names, or what belongs to it. Only the token itself can see it and not be
 * allowed to: it is told so before its body is read. Everyone else is authorized by the command.
 */
export const mayManage = createMiddleware<OfTokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (token?.id === c.req.param("id")) await authorizeCommand(actor, c.get("scope"), "access-tokens:manage");
  await next();
});

/**
 * For what belongs to the token that the path names: finds where that is. A token that the caller may not see is
 * unknown, whatever else is wrong with the request.
 */
export const tokenScope = createMiddleware<OfTokenEnv>(async (c, next) => {
  const id = c.req.param("id") ?? "";
  const scope = await scopeOfAccessToken(id);
  await getAccessToken(c.get("caller").actor, scope, id);
  c.set("scope", scope);
  await next();
});
