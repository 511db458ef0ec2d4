import { createMiddleware } from "hono/factory";
import { authorizeCommand } from "@/lib/mutate";
import type { OfTokenEnv } from "./env";

/**
 * For what changes the token that the path names, or what belongs to it. Only the token itself can see it and not be
 * allowed to: it is told so before its body is read. Everyone else is authorized by the command.
 */
export const mayManage = createMiddleware<OfTokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (token?.id === c.req.param("id")) await authorizeCommand(actor, c.get("scope"), "access-tokens:manage");
  await next();
});
