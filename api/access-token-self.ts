import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { acceptsJson } from "./accept";
import { accessTokenContent, accessTokenResource } from "./access-token-resource";
import { json } from "./answer";
import { authenticated } from "./authenticated";
import type { TokenEnv } from "./env";
import { errors } from "./error-responses";
import { noQuery } from "./query";
import { askedBy } from "./security";
import { tokenOnly } from "./token-only";

const self = createRoute({
  method: "get",
  path: "/access-tokens/self",
  operationId: "getOwnAccessToken",
  tags: ["Access tokens"],
  security: askedBy.token,
  summary: "Get the token that asks",
  description: "The access token whose secret the request brings, with its technical user, role and expiry.",
  middleware: [authenticated, tokenOnly, acceptsJson, noQuery],
  responses: {
    200: { description: "The token that asks", content: accessTokenContent },
    ...errors("forbidden"),
  },
});

export const accessTokenSelf = new OpenAPIHono<TokenEnv>()
  // The query that authenticates has read all of it.
  .openapi(self, (c) => json(accessTokenResource(c.get("token"))));
