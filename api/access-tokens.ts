import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { sorts } from "@/lib/access-token-list/sort";
import { statuses } from "@/lib/access-tokens/access-token";
import { accessTokenExample, accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { errors } from "./description/error-responses";
import { exampleId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { asPage, pageQuery, pageResource } from "./http/page";
import { isOneScope, oneOf, oneScope, parameter, scopeOf } from "./http/query";

const ownerId = parameter.min(1, "must not be empty").optional();

const query = pageQuery
  .extend({
    group_id: ownerId.openapi({
      description: "The group whose tokens to list; this or `organization_id` is needed",
      param: { example: exampleId.group },
    }),
    organization_id: ownerId.openapi({ description: "The organization whose own tokens to list" }),
    status: oneOf(statuses).optional().openapi({ description: "Only tokens with this status" }),
    search: parameter.optional().openapi({ description: "Only tokens whose name contains this, ignoring case" }),
    sort: oneOf(sorts)
      .optional()
      .openapi({ description: "The sort key, with `-` for descending", default: "-created_at" }),
  })
  .refine(isOneScope, { path: ["group_id"], error: oneScope });

const list = createRoute({
  method: "get",
  path: "/access-tokens",
  operationId: "listAccessTokens",
  tags: ["Access tokens"],
  security: askedBy.tokenOrPerson,
  summary: "List access tokens",
  description:
    "The tokens of a group, or those of an organization itself: give one of `group_id` and `organization_id`.",
  middleware: [authenticated, checked(acceptsJson)],
  request: { query },
  responses: {
    200: {
      description: "The tokens of the group, or those of the organization itself",
      content: asPage(accessTokenSchema, accessTokenExample),
    },
    ...errors("forbidden", "not_found"),
  },
});

export const accessTokens = new OpenAPIHono<ApiEnv>().openapi(list, async (c) => {
  const { group_id, organization_id, ...options } = c.req.valid("query");
  const page = await listAccessTokens(c.get("caller").actor, scopeOf({ group_id, organization_id }), options);
  return json(pageResource(page, accessTokenResource));
});
