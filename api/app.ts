import { OpenAPIHono } from "@hono/zod-openapi";
import { processWide } from "@/lib/process/process-wide";
import { accessToken } from "./access-token";
import { accessTokenRotation, ownRotation } from "./access-token-rotation";
import { accessTokenSelf } from "./access-token-self";
import { accessTokenStatus } from "./access-token-status";
import { accessTokens } from "./access-tokens";
import { auditEvents } from "./audit-events";
import { calendar } from "./calendar";
import { accessTokenCreation } from "./create-access-token";
import { docs } from "./description/docs";
import { base, openapi } from "./description/openapi";
import { environmentVariables } from "./environment-variables";
import { groups } from "./groups";
import { health } from "./health";
import type { ApiEnv } from "./http/env";
import { problemOf } from "./http/problem";
import { LiteralRouter } from "./http/routes/literal-router";
import { noteRoutes, refuseUnfit, refuseUnrouted } from "./http/routes/not-found";
import { leakedTokens } from "./leaked-tokens";
import { oauthToken } from "./oauth-token";
import { sessionContext } from "./session-context";
import { sessionRunners } from "./session-runners";
import { trustedPipelines } from "./trusted-pipelines";
import { versionControlAccess } from "./version-control-access";
import { versionControlAccesses } from "./version-control-accesses";
import { versionControlRunners } from "./version-control-runners";

/** The app for every route under /api/v2.0, /health and /calendar. */
export function createApi(): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseUnfit, router: new LiteralRouter() });
  app.onError(problemOf);
  refuseUnrouted(app);
  // Both are set before, or never. Without them a request has one middleware less.
  if (processWide.metrics || processWide.tracing) noteRoutes(app);
  app.route("/health", health);
  app.route("/calendar", calendar);
  for (const ofTheAsking of [accessTokenSelf, ownRotation, sessionContext, sessionRunners])
    app.route(base, ofTheAsking);
  for (const resource of [accessTokens, accessTokenCreation, groups, auditEvents]) app.route(base, resource);
  for (const ofOneToken of [
    accessToken,
    accessTokenStatus,
    accessTokenRotation,
    environmentVariables,
    trustedPipelines,
  ])
    app.route(base, ofOneToken);
  for (const ofAccess of [versionControlAccesses, versionControlAccess, versionControlRunners])
    app.route(base, ofAccess);
  app.route(base, leakedTokens);
  app.route(base, oauthToken);
  for (const description of [openapi(app), docs]) app.route(base, description);
  return app;
}
