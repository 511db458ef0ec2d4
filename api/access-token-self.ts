import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { accessTokenContent, accessTokenResource } from "./access-token-resource";
import { errors } from "./description/error-responses";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import type { TokenEnv } from "./http/env";
import { tokenOnly } from "./http/guards";
import { noQuery } from "./http/query";

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
  // The authentication query has already read everything.
  .openapi(self, (c) => json(accessTokenResource(c.get("token"))));
