import { OpenAPIHono } from "@hono/zod-openapi";
import { accessTokens } from "./access-tokens";
import type { ApiEnv } from "./env";
import { environmentVariables } from "./environment-variables";
import { groups } from "./groups";
import { health } from "./health";
import { refuseUnrouted } from "./not-found";
import { problemOf } from "./problem";
import { sessionContext } from "./session-context";
import { sessionRunners } from "./session-runners";
import { refuseUnfit } from "./validation";
import { versionControlAccesses } from "./version-control-accesses";

const base = "/api/v2.0";

/** The REST API and the health checks: everything under /api/v2.0 and /health. */
export function createApi(): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseUnfit });
  app.onError(problemOf);
  refuseUnrouted(app);
  app.route("/health", health);
  for (const resource of [accessTokens, groups, sessionContext, sessionRunners]) app.route(base, resource);
  for (const resource of [versionControlAccesses, environmentVariables]) app.route(base, resource);
  return app;
}
