import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { getGroup, listGroups, listMembers } from "@/lib/groups/queries";
import { acceptsJson } from "./accept";
import { json } from "./answer";
import { authenticated } from "./authenticated";
import type { ApiEnv } from "./env";
import { groupResource, groupSchema, memberResource, memberSchema } from "./group-resource";
import { pageOf, pageQuery, pageResource } from "./page";
import { noQuery } from "./query";
import { id } from "./schemas";

const middleware = [authenticated, acceptsJson];
const params = z.object({ id });

const list = createRoute({
  method: "get",
  path: "/groups",
  middleware,
  request: { query: pageQuery },
  responses: {
    200: { description: "The groups you may see", content: { "application/json": { schema: pageOf(groupSchema) } } },
  },
});

const one = createRoute({
  method: "get",
  path: "/groups/{id}",
  middleware: [...middleware, noQuery],
  request: { params },
  responses: { 200: { description: "The group", content: { "application/json": { schema: groupSchema } } } },
});

const members = createRoute({
  method: "get",
  path: "/groups/{id}/members",
  middleware,
  request: { params, query: pageQuery },
  responses: {
    200: { description: "Its members", content: { "application/json": { schema: pageOf(memberSchema) } } },
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
