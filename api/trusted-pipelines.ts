import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import { listTrustedPipelines } from "@/lib/trusted-pipelines/queries";
import { removeTrustedPipeline } from "@/lib/trusted-pipelines/remove";
import { errors, ofBody } from "./description/error-responses";
import { asJson, exampleId, idOf, tokenId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { created, json, noContent } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { noVersionIfMatch } from "./http/etag";
import { mayTrust } from "./http/guards";
import { asPage, onlyPage } from "./http/page";
import { noQuery } from "./http/query";
import {
  addPipelineBody,
  newPipelineExample,
  pipelineExample,
  pipelineResource,
  pipelineSchema,
} from "./trusted-pipeline-resource";

const all = "/access-tokens/{id}/trusted-pipelines" as const;
const one = `${all}/{pipeline_id}` as const;
const middleware = [authenticated, checked(acceptsJson, noQuery)];
const toChange = [...middleware, mayTrust];
const tags = ["Trusted pipelines"];
const ofToken = z.object({ id: tokenId });
const ofPipeline = ofToken.extend({ pipeline_id: idOf("the trusted pipeline", exampleId.pipeline) });

const list = createRoute({
  tags,
  security: askedBy.tokenOrPerson,
  method: "get",
  path: all,
  operationId: "listTrustedPipelines",
  summary: "List a token's trusted pipelines",
  description: "All of them, as one page. A token may list its own.",
  middleware,
  request: { params: ofToken },
  responses: {
    200: { description: "The trusted pipelines", content: asPage(pipelineSchema, pipelineExample) },
    ...errors("not_found"),
  },
});

const add = createRoute({
  tags,
  security: askedBy.person,
  method: "post",
  path: all,
  operationId: "addTrustedPipeline",
  summary: "Add a trusted pipeline",
  description:
    "Jobs that fit it may exchange their ID token for a short-lived secret of the token. The provider is not asked: the ids decide, not the path. By people only; at most 50 a token.",
  middleware: [...toChange, jsonBody],
  request: { params: ofToken, headers: noVersionIfMatch, body: asBody(addPipelineBody, newPipelineExample) },
  responses: {
    201: { description: "The trusted pipeline", content: asJson(pipelineSchema, pipelineExample) },
    ...errors(
      "forbidden",
      "people_only",
      "not_found",
      "conflict",
      "precondition_failed",
      ...ofBody,
      "provider_url_not_allowed",
    ),
  },
});

const remove = createRoute({
  tags,
  security: askedBy.person,
  method: "delete",
  path: one,
  operationId: "removeTrustedPipeline",
  summary: "Remove a trusted pipeline",
  description: "The secrets that were exchanged by it end at once. By people only.",
  middleware: toChange,
  request: { params: ofPipeline, headers: noVersionIfMatch },
  responses: {
    204: { description: "The trusted pipeline is gone" },
    ...errors("forbidden", "people_only", "not_found", "precondition_failed"),
  },
});

export const trustedPipelines = new OpenAPIHono<ApiEnv>()
  .openapi(list, async (c) => {
    const pipelines = await listTrustedPipelines(c.get("caller").actor, c.req.valid("param").id);
    return json(onlyPage(pipelines, pipelineResource));
  })
  .openapi(add, async (c) => {
    const { id } = c.req.valid("param");
    return created(pipelineResource(await addTrustedPipeline(c.get("caller").actor, id, c.req.valid("json"))));
  })
  .openapi(remove, async (c) => {
    const { id, pipeline_id: pipelineId } = c.req.valid("param");
    await removeTrustedPipeline(c.get("caller").actor, id, pipelineId);
    return noContent();
  });
