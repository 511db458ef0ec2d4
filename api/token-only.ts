import { createMiddleware } from "hono/factory";
import { forbidden } from "@/lib/errors";
import type { TokenEnv } from "./env";

/** For what is about the access token that asks: a person has none. */
export const tokenOnly = createMiddleware<TokenEnv>(async (c, next) => {
  const { actor, token } = c.get("caller");
  if (!token) throw forbidden("This is for access tokens: it can't be asked with a person's JWT.");
  c.set("token", token);
  c.set("technicalUser", actor);
  await next();
});
