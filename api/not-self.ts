import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./env";

/** Keeps an address with an id in it from taking over `self`, which can only be read. */
export const notSelf = createMiddleware<ApiEnv>(async (c, next) => {
  return c.req.param("id") === "self" ? c.notFound() : next();
});
