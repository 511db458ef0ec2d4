import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { getGroup, listGroups, listMembers } from "@/lib/groups/queries";
import { errors } from "./description/error-responses";
import { asJson, exampleId, idOf } from "./description/schemas";
import { askedBy } from "./description/security";
import {
  groupExample,
  groupResource,
  groupSchema,
  memberExample,
  memberResource,
  memberSchema,
} from "./group-resource";
import { acceptsJson } from "./http/accept";
import { json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { asPage, pageQuery, pageResource } from "./http/page";
import { noQuery } from "./http/query";

const middleware = [authenticated, checked(acceptsJson)];
const common = { tags: ["Groups"], security: askedBy.tokenOrPerson };
const params = z.object({ id: idOf("the group", exampleId.group) });

const list = createRoute({
  ...common,
  method: "get",
  path: "/groups",
  operationId: "listGroups",
  summary: "List the groups that you may see",
  description: "A group's token sees its group, an organization's token all groups of the organization.",
  middleware,
  request: { query: pageQuery },
  responses: {
    200: { description: "The groups, by organization, then by name", content: asPage(groupSchema, groupExample) },
    ...errors(),
  },
});

const one = createRoute({
  ...common,
  method: "get",
  path: "/groups/{id}",
  operationId: "getGroup",
  summary: "Get a group",
  description: "One of the groups that you may see.",
  middleware: [...middleware, checked(noQuery)],
  request: { params },
  responses: {
    200: { description: "The group", content: asJson(groupSchema, groupExample) },
    ...errors("not_found"),
  },
});

const members = createRoute({
  ...common,
  method: "get",
  path: "/groups/{id}/members",
  operationId: "listGroupMembers",
  summary: "List a group's members",
  description: "People and technical users, each with their role in the group.",
  middleware,
  request: { params, query: pageQuery },
  responses: {
    200: {
      description: "The members: people, then technical users, each by id",
      content: asPage(memberSchema, memberExample),
    },
    ...errors("not_found"),
  },
});

export const groups = new OpenAPIHono<ApiEnv>()
  .openapi(list, async (c) => {
    const page = await listGroups(c.get("caller").actor, c.req.valid("query"));
    return json(pageResource(page, groupResource));
  })
  .openapi(one, async (c) => {
    const group = await getGroup(c.get("caller").actor, c.req.valid("param").id);
    return json(groupResource(group));
  })
  .openapi(members, async (c) => {
    const page = await listMembers(c.get("caller").actor, c.req.valid("param").id, c.req.valid("query"));
    return json(pageResource(page, memberResource));
  });
