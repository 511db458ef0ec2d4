import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { checkAgain, removeAccess, replaceToken } from "@/lib/version-control/change";
import { acceptsJson } from "./accept";
import { json, noContent } from "./answer";
import { authenticated } from "./authenticated";
import { asBody, jsonBody } from "./body";
import type { OfTokenEnv } from "./env";
import { errors, ofBody, ofProvider } from "./error-responses";
import { mayManage } from "./may-manage";
import { emptyBody, noBody } from "./no-body";
import { noQuery } from "./query";
import { askedBy } from "./security";
import { tokenScope } from "./token-scope";
import { accessContent, accessResource, newAccessExample, replaceTokenBody } from "./version-control-access-resource";
import { ofAccess, accessPath as path } from "./version-control-address";

const middleware = [authenticated, acceptsJson, noQuery, tokenScope];
const toChange = [...middleware, mayManage];
const common = { tags: ["Version control accesses"], security: askedBy.tokenOrPerson };

const replace = createRoute({
  ...common,
  method: "put",
  path: `${path}/token`,
  operationId: "replaceVersionControlToken",
  summary: "Replace the credential of a version control access",
  description:
    "Asks the provider whether the new credential can register runners, and puts it in the place of the old one if so.",
  middleware: [...toChange, jsonBody],
  request: {
    params: ofAccess,
    body: asBody(replaceTokenBody, { token: newAccessExample.token, accept_personal_token: false }),
  },
  responses: {
    200: { description: "The access with its new credential, checked and stored", content: accessContent },
    ...errors("forbidden", "not_found", ...ofBody, ...ofProvider),
  },
});

const check = createRoute({
  ...common,
  method: "post",
  path: `${path}/check`,
  operationId: "checkVersionControlAccess",
  summary: "Check a version control access",
  description: "Asks the provider again. What is wrong with the credential is the result, not an error.",
  middleware: [...toChange, noBody],
  request: { params: ofAccess, body: emptyBody },
  responses: {
    200: { description: "The access, with what came of the check", content: accessContent },
    ...errors("forbidden", "not_found", ...ofBody),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path,
  operationId: "removeVersionControlAccess",
  summary: "Remove a version control access",
  description: "The access is gone at once. Its runners are unregistered in the background.",
  middleware: toChange,
  request: { params: ofAccess },
  responses: {
    204: { description: "The access is gone" },
    ...errors("forbidden", "not_found"),
  },
});

export const versionControlAccess = new OpenAPIHono<OfTokenEnv>()
  .openapi(replace, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    const input = c.req.valid("json");
    return json(accessResource(await replaceToken(c.get("caller").actor, c.get("scope"), tokenId, accessId, input)));
  })
  .openapi(check, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    return json(accessResource(await checkAgain(c.get("caller").actor, c.get("scope"), tokenId, accessId)));
  })
  .openapi(remove, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    await removeAccess(c.get("caller").actor, c.get("scope"), tokenId, accessId);
    return noContent();
  });
