import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { acceptsJson } from "./accept";
import { accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { json } from "./answer";
import { authenticated } from "./authenticated";
import type { ApiEnv } from "./env";
import { noQuery } from "./query";

const self = createRoute({
  method: "get",
  path: "/access-tokens/self",
  middleware: [authenticated, acceptsJson, noQuery],
  responses: {
    200: { description: "The token that asks", content: { "application/json": { schema: accessTokenSchema } } },
  },
});

export const accessTokens = new OpenAPIHono<ApiEnv>()
  // The query that authenticates has read all of it.
  .openapi(self, (c) => json(accessTokenResource(c.get("caller").token)));
