import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { getTokenWithNetworks } from "@/lib/access-tokens/activity/queries";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { editAccessToken, editAccessTokenInput } from "@/lib/access-tokens/edit";
import { accessTokenDetailAnswer, accessTokenDetailResponse } from "./access-token-detail";
import { accessTokenAnswer, accessTokenResponse } from "./access-token-resource";
import { errors, ofBody } from "./description/error-responses";
import { tokenId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { noContent } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, bodyOf, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { tokenIfMatch } from "./http/etag";
import { mayManage, notSelf } from "./http/guards";
import { noQuery } from "./http/query";

const path = "/access-tokens/{id}" as const;
const common = { tags: ["Access tokens"], security: askedBy.tokenOrPerson };
const params = z.object({ id: tokenId });
const editBody = bodyOf("AccessTokenChange", editAccessTokenInput, {
  name: "The new name; unique among the group's (or organization's) tokens, 1 to 255 characters",
  description: "The new description, in one line of 0 to 500 characters; empty for none",
});
const toChange = [notSelf, authenticated, checked(acceptsJson, noQuery), mayManage];

const one = createRoute({
  ...common,
  method: "get",
  path,
  operationId: "getAccessToken",
  summary: "Get an access token",
  description: "A token of a group or organization whose tokens you manage; a token may always get itself.",
  middleware: [authenticated, checked(acceptsJson, noQuery)],
  request: { params },
  responses: { 200: accessTokenDetailResponse, ...errors("not_found") },
});

const edit = createRoute({
  ...common,
  method: "patch",
  path,
  operationId: "editAccessToken",
  summary: "Change an access token's name or description",
  description:
    "Fields that are left out stay as they are; one is needed. Its technical user keeps its name, which the audit log shows.",
  middleware: [...toChange, jsonBody],
  request: {
    params,
    headers: tokenIfMatch,
    body: asBody(editBody, { name: "nightly", description: "Nightly HIL regression on bench 07" }),
  },
  responses: {
    200: accessTokenResponse("The token as it is now"),
    ...errors("forbidden", "not_found", "name_taken", "precondition_failed", ...ofBody),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path,
  operationId: "deleteAccessToken",
  summary: "Delete an access token",
  description:
    "Deletes the token permanently, with its secret, its version control accesses and its environment variables.",
  middleware: toChange,
  request: { params, headers: tokenIfMatch },
  responses: {
    204: { description: "The token is gone for good" },
    ...errors("forbidden", "not_found", "precondition_failed"),
  },
});

export const accessToken = new OpenAPIHono<ApiEnv>()
  .openapi(one, async (c) => {
    return accessTokenDetailAnswer(await getTokenWithNetworks(c.get("caller").actor, c.req.valid("param").id));
  })
  .openapi(edit, async (c) => {
    const { id } = c.req.valid("param");
    const { actor } = c.get("caller");
    const expected = c.req.valid("header")["if-match"];
    return accessTokenAnswer(await editAccessToken(actor, id, c.req.valid("json"), expected));
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    await deleteAccessToken(c.get("caller").actor, id, c.req.valid("header")["if-match"]);
    return noContent();
  });
