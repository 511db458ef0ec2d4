import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { auditActions } from "@/lib/audit/actions";
import { edgeOf } from "@/lib/audit-log/period";
import { listAuditEvents } from "@/lib/audit-log/queries";
import { auditEventExample, auditEventResource, auditEventSchema } from "./audit-event-resource";
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

const id = parameter.min(1, "must not be empty").optional();

const query = pageQuery
  .extend({
    group_id: id.openapi({
      description: "The group whose log to list; this or `organization_id` is needed",
      param: { example: exampleId.group },
    }),
    organization_id: id.openapi({ description: "The organization whose own log to list" }),
    deleted_group_id: id.openapi({
      description: "With `organization_id`: the log of this deleted group of the organization, instead of its own log",
    }),
    actor_id: id.openapi({ description: "Only what this person or technical user did" }),
    action: oneOf(auditActions).optional().openapi({ description: "Only events of this kind" }),
    access_token_id: id.openapi({
      description: "Only what happened to this access token, and what its technical user did",
    }),
    from: edge("from").openapi({
      type: "string",
      description: "Only what happened from then on: a day in UTC, or an RFC 3339 instant with an offset",
    }),
    to: edge("to").openapi({
      type: "string",
      description: "Only what happened up to the end of that day in UTC, or before that RFC 3339 instant",
    }),
  })
  .refine(isOneScope, { path: ["group_id"], error: oneScope })
  .refine(({ group_id, deleted_group_id }) => !(group_id && deleted_group_id), {
    path: ["deleted_group_id"],
    error: "goes with organization_id, not with group_id",
  });

const list = createRoute({
  method: "get",
  path: "/audit-events",
  operationId: "listAuditEvents",
  tags: ["Audit log"],
  security: askedBy.tokenOrPerson,
  summary: "List what has happened",
  description:
    "The audit log of a group, or that of an organization itself, the newest first: give one of `group_id` and `organization_id`.",
  middleware: [authenticated, checked(acceptsJson)],
  request: { query },
  responses: {
    200: {
      description: "The events that pass all filters, the newest first",
      content: asPage(auditEventSchema, auditEventExample),
    },
    ...errors("forbidden", "not_found"),
  },
});

export const auditEvents = new OpenAPIHono<ApiEnv>().openapi(list, async (c) => {
  const { group_id, organization_id, deleted_group_id, actor_id, access_token_id, ...others } = c.req.valid("query");
  const page = await listAuditEvents(c.get("caller").actor, scopeOf({ group_id, organization_id }), {
    deletedGroupId: deleted_group_id,
    actorId: actor_id,
    tokenId: access_token_id,
    ...others,
  });
  return json(pageResource(page, auditEventResource));
});

function edge(which: "from" | "to") {
  return parameter
    .transform((text, context) => {
      const found = edgeOf(text, which);
      if (found) return found;
      context.addIssue({
        code: "custom",
        message: "must be a day such as 2026-11-24, or an RFC 3339 instant with an offset such as 2026-11-24T09:30:00Z",
      });
      return z.NEVER;
    })
    .optional();
}
