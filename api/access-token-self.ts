import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Authenticated, AuthenticatedBy } from "@/lib/access-tokens/find-by-secret";
import { accessTokenExample, accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { errors } from "./description/error-responses";
import { asJson, instant } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { jsonText } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { checked } from "./http/checked";
import type { TokenEnv } from "./http/env";
import { tokenOnly } from "./http/guards";
import { noQuery } from "./http/query";

const secretUsed = z.object({
  kind: z.literal("secret"),
  token_suffix: z.string().meta({ description: "The last four characters of the secret that the request brings" }),
});

const pipelineUsed = z.object({
  kind: z.literal("pipeline"),
  trusted_pipeline_id: z.string(),
  project: z.string().meta({ description: "The project's path, as the job's ID token said it" }),
  ref: z.string(),
  environment: z.string().nullable(),
  job: z.string().nullable().meta({ description: "The job's id at its provider" }),
  pipeline: z.string().nullable().meta({ description: "The id of its pipeline or workflow run" }),
  ends_at: instant.meta({ description: "When the pipeline secret ends" }),
});

const ownTokenSchema = accessTokenSchema
  .extend({
    authenticated_by: z
      .discriminatedUnion("kind", [secretUsed, pipelineUsed])
      .meta({ description: "A secret of the token itself, or a pipeline secret" }),
  })
  .openapi("OwnAccessToken");

const example: z.output<typeof ownTokenSchema> = {
  ...accessTokenExample,
  authenticated_by: { kind: "secret", token_suffix: accessTokenExample.token_suffix },
};

function authenticatedByResource(used: AuthenticatedBy): z.output<typeof ownTokenSchema>["authenticated_by"] {
  if (used.kind === "secret") return { kind: "secret", token_suffix: used.tokenSuffix };
  const { project, ref, environment = null, job = null, pipeline = null } = used.job;
  return {
    kind: "pipeline",
    trusted_pipeline_id: used.trustedPipelineId,
    project,
    ref,
    environment,
    job,
    pipeline,
    ends_at: used.endsAt.toISOString(),
  };
}

const self = createRoute({
  method: "get",
  path: "/access-tokens/self",
  operationId: "getOwnAccessToken",
  tags: ["Access tokens"],
  security: askedBy.token,
  summary: "Get the token that asks",
  description:
    "The access token whose secret the request brings, with its technical user, role and expiry, and what kind of secret that is.",
  middleware: [authenticated, checked(tokenOnly, acceptsJson, noQuery)],
  responses: {
    200: { description: "The token that asks", content: asJson(ownTokenSchema, example) },
    ...errors("forbidden"),
  },
});

function ownTokenResource({ token, authenticatedBy }: Authenticated): z.output<typeof ownTokenSchema> {
  return { ...accessTokenResource(token), authenticated_by: authenticatedByResource(authenticatedBy) };
}

/** Authentication returns the same object while a token's row is the same. */
const texts = new WeakMap<Authenticated, string>();

function textFor(authenticated: Authenticated): string {
  let text = texts.get(authenticated);
  if (text === undefined) {
    text = JSON.stringify(ownTokenResource(authenticated));
    texts.set(authenticated, text);
  }
  return text;
}

export const accessTokenSelf = new OpenAPIHono<TokenEnv>()
  // The authentication query has already read everything.
  .openapi(self, (c) => jsonText<z.output<typeof ownTokenSchema>>(textFor(c.get("authenticated"))));
