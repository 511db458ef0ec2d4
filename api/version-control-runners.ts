import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { listAccessRunners, type Runner } from "@/lib/version-control/queries";
import { errors } from "./description/error-responses";
import { exampleId, exampleInstant, instant, providerType } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { asPage, onlyPage } from "./http/page";
import { noQuery } from "./http/query";
import { accessPath, ofAccess } from "./version-control-address";

const schema = z
  .object({
    id: z.string(),
    provider_type: providerType,
    provider_url: z.string(),
    state: z.enum(["registering", "registered", "unregistering"]),
    tags: z.array(z.string()),
    last_error: z
      .string()
      .nullable()
      .meta({ description: "Why it is not unregistered yet, in a sentence for a person; it is tried again" }),
    created_at: instant.meta({ description: "When the session asked for it" }),
    expires_at: instant.nullable().meta({ description: "When the runner token expires; `null` for never" }),
  })
  .openapi("RegisteredRunner", { description: "A runner of a session, until it is known to be gone" });

const example: z.output<typeof schema> = {
  id: exampleId.runner,
  provider_type: "gitlab",
  provider_url: "https://gitlab.com",
  state: "registered",
  tags: ["bench-7"],
  last_error: null,
  created_at: exampleInstant.created,
  expires_at: null,
};

const list = createRoute({
  method: "get",
  path: `${accessPath}/runners`,
  operationId: "listRunners",
  tags: ["Version control accesses"],
  security: askedBy.tokenOrPerson,
  summary: "List the runners of a version control access",
  description:
    "All that sessions have registered with it, as one page, the newest first. Those of a removed access are listed until they are unregistered. A token may list its own.",
  middleware: [authenticated, checked(acceptsJson, noQuery)],
  request: { params: ofAccess },
  responses: {
    200: { description: "The runners, with their states", content: asPage(schema, example) },
    ...errors("not_found"),
  },
});

export const versionControlRunners = new OpenAPIHono<ApiEnv>().openapi(list, async (c) => {
  const { id: tokenId, access_id: accessId } = c.req.valid("param");
  const runners = await listAccessRunners(c.get("caller").actor, tokenId, accessId);
  return json(onlyPage(runners, resource));
});

function resource(runner: Runner): z.output<typeof schema> {
  return {
    id: runner.id,
    provider_type: runner.providerType,
    provider_url: runner.providerUrl,
    state: runner.state,
    tags: runner.tags,
    last_error: runner.lastError,
    created_at: runner.createdAt.toISOString(),
    expires_at: runner.expiresAt?.toISOString() ?? null,
  };
}
