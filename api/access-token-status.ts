import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { accessTokenAnswer, accessTokenResponse } from "./access-token-resource";
import { errors, ofBody } from "./description/error-responses";
import { tokenId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { authenticated } from "./http/authenticated";
import { emptyBody, optionalBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { tokenIfMatch } from "./http/etag";
import { mayManage } from "./http/guards";
import { noQuery } from "./http/query";

const middleware = [authenticated, checked(acceptsJson, noQuery), mayManage, optionalBody];
const common = {
  tags: ["Access tokens"],
  security: askedBy.tokenOrPerson,
  request: { params: z.object({ id: tokenId }), headers: tokenIfMatch, body: emptyBody },
};

const revoke = createRoute({
  ...common,
  method: "post",
  path: "/access-tokens/{id}/revoke",
  operationId: "revokeAccessToken",
  summary: "Revoke an access token",
  description:
    "From then on every request with it is refused, until it is reactivated. Revoking it again changes nothing.",
  middleware,
  responses: {
    200: accessTokenResponse("The token, revoked"),
    ...errors("forbidden", "not_found", "precondition_failed", ...ofBody),
  },
});

const reactivate = createRoute({
  ...common,
  method: "post",
  path: "/access-tokens/{id}/reactivate",
  operationId: "reactivateAccessToken",
  summary: "Reactivate an access token",
  description:
    "Undoes a revocation. No token may reactivate itself. One that has expired, or was revoked as leaked, can't be reactivated.",
  middleware,
  responses: {
    200: accessTokenResponse("The token, active again"),
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody),
  },
});

export const accessTokenStatus = new OpenAPIHono<ApiEnv>()
  .openapi(revoke, async (c) => {
    const { id } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    return accessTokenAnswer(await revokeAccessToken(c.get("caller").actor, id, expected));
  })
  .openapi(reactivate, async (c) => {
    const { id } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    return accessTokenAnswer(await reactivateAccessToken(c.get("caller").actor, id, expected));
  });
