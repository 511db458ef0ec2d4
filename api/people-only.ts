import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./env";
import { problem } from "./problem";

/** For what only people may do: an access token is told so before its body is read. */
export const peopleOnly = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.get("caller").actor.kind === "person") return next();
  return problem("people_only", "Access tokens are created by people, not by access tokens.");
});
