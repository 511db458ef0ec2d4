import { createMiddleware } from "hono/factory";
import { getAccessToken, scopeOfAccessToken } from "@/lib/access-tokens/queries";
import type { OfTokenEnv } from "./env";

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
