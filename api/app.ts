import { OpenAPIHono } from "@hono/zod-openapi";
import { accessTokens } from "./access-tokens";
import type { ApiEnv } from "./env";
import { groups } from "./groups";
import { health } from "./health";
import { refuseUnrouted } from "./not-found";
import { problemOf } from "./problem";
import { refuseMalformed } from "./query";

/** The REST API and the health checks: everything under /api/v2.0 and /health. */
export function createApi(): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseMalformed });
  app.onError(problemOf);
  refuseUnrouted(app);
  app.route("/health", health);
  for (const resource of [accessTokens, groups]) app.route("/api/v2.0", resource);
  return app;
}
