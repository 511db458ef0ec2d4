import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { registerSessionRunner, unregisterSessionRunner } from "@/lib/runners/register";
import { errors, ofBody, ofProvider, providerLimits } from "./description/error-responses";
import { asJson, exampleId, idOf } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { created, noContent } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { TokenEnv } from "./http/env";
import { noVersionIfMatch } from "./http/etag";
import { tokenOnly } from "./http/guards";
import { noQuery } from "./http/query";
import {
  registerRunnerBody,
  sessionRunnerExample,
  sessionRunnerResource,
  sessionRunnerSchema,
} from "./session-runner-resource";

const middleware = [authenticated, checked(tokenOnly, acceptsJson, noQuery)];
const common = { tags: ["Session context"], security: askedBy.token };

const register = createRoute({
  ...common,
  method: "post",
  path: "/session-context/runners",
  operationId: "registerRunner",
  summary: "Register a runner",
  description: `Registers a runner through the token's version control access for the provider URL. A tag that the access doesn't allow is refused on \`tags\`. ${providerLimits}`,
  middleware: [...middleware, jsonBody],
  request: {
    headers: noVersionIfMatch,
    body: asBody(registerRunnerBody, { provider_url: "https://gitlab.com", tags: ["bench-7"] }),
  },
  responses: {
    201: {
      description: "What the VM needs to start the runner",
      content: asJson(sessionRunnerSchema, sessionRunnerExample),
    },
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody, ...ofProvider),
  },
});

const unregister = createRoute({
  ...common,
  method: "delete",
  path: "/session-context/runners/{id}",
  operationId: "unregisterRunner",
  summary: "Unregister a runner",
  description: "Unregisters a runner that this token has registered. The provider is asked in the background.",
  middleware,
  request: { params: z.object({ id: idOf("the runner", exampleId.runner) }), headers: noVersionIfMatch },
  responses: {
    204: { description: "The runner will be unregistered" },
    ...errors("forbidden", "not_found", "precondition_failed"),
  },
});

export const sessionRunners = new OpenAPIHono<TokenEnv>()
  .openapi(register, async (c) => {
    const runner = await registerSessionRunner(c.get("authenticated").actor, c.req.valid("json"));
    return created(sessionRunnerResource(runner));
  })
  .openapi(unregister, async (c) => {
    await unregisterSessionRunner(c.get("authenticated").actor, c.req.valid("param").id);
    return noContent();
  });
