import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { registerSessionRunner, unregisterSessionRunner } from "@/lib/sessions/runners";
import { acceptsJson } from "./accept";
import { created, noContent } from "./answer";
import { authenticated } from "./authenticated";
import { asBody, jsonBody } from "./body";
import type { ApiEnv } from "./env";
import { noQuery } from "./query";
import { id } from "./schemas";
import { registerRunnerBody, sessionRunnerResource, sessionRunnerSchema } from "./session-runner-resource";

const middleware = [authenticated, acceptsJson, noQuery];

const register = createRoute({
  method: "post",
  path: "/session-context/runners",
  middleware: [...middleware, jsonBody],
  request: { body: asBody(registerRunnerBody) },
  responses: {
    201: {
      description: "What the VM needs to start the runner",
      content: { "application/json": { schema: sessionRunnerSchema } },
    },
  },
});

const unregister = createRoute({
  method: "delete",
  path: "/session-context/runners/{id}",
  middleware,
  request: { params: z.object({ id }) },
  responses: { 204: { description: "The runner is let go" } },
});

export const sessionRunners = new OpenAPIHono<ApiEnv>()
  .openapi(register, async (c) => {
    const runner = await registerSessionRunner(c.get("caller").actor, c.req.valid("json"));
    return created(sessionRunnerResource(runner));
  })
  .openapi(unregister, async (c) => {
    await unregisterSessionRunner(c.get("caller").actor, c.req.valid("param").id);
    return noContent();
  });
