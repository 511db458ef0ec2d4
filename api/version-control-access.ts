import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { checkAgain, removeAccess, replaceToken } from "@/lib/version-control/change";
import { editAccess } from "@/lib/version-control/edit";
import { getAccess } from "@/lib/version-control/queries";
import { errors, ofBody, ofProvider, providerLimits } from "./description/error-responses";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { noContent } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, emptyBody, jsonBody, optionalBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { mayManage } from "./http/guards";
import { noQuery } from "./http/query";
import {
  accessAnswer,
  accessIfMatch,
  accessResponse,
  editAccessBody,
  newAccessExample,
  replaceTokenBody,
} from "./version-control-access-resource";
import { ofAccess, accessPath as path } from "./version-control-address";

const middleware = [authenticated, checked(acceptsJson, noQuery)];
const toChange = [...middleware, mayManage];
const common = { tags: ["Version control accesses"], security: askedBy.tokenOrPerson };

const one = createRoute({
  ...common,
  method: "get",
  path,
  operationId: "getVersionControlAccess",
  summary: "Get a version control access",
  description: "With the last result of its check, and its version as `ETag`. A token may get its own.",
  middleware,
  request: { params: ofAccess },
  responses: { 200: accessResponse("The access"), ...errors("not_found") },
});

const edit = createRoute({
  ...common,
  method: "patch",
  path,
  operationId: "changeVersionControlAccess",
  summary: "Change a version control access's rules for runners",
  description:
    "Applies to runners that are registered from now on; existing ones keep their tags. Omitted fields stay as they are.",
  middleware: [...toChange, jsonBody],
  request: {
    params: ofAccess,
    headers: accessIfMatch,
    body: asBody(editAccessBody, { allowed_tags: ["bench-7", "hil"], run_untagged: false }),
  },
  responses: {
    200: accessResponse("The access as it is now"),
    ...errors("forbidden", "not_found", "precondition_failed", ...ofBody),
  },
});

const replace = createRoute({
  ...common,
  method: "put",
  path: `${path}/token`,
  operationId: "replaceVersionControlToken",
  summary: "Replace the credential of a version control access",
  description: `Asks the provider whether the new credential can register runners, and replaces the old one if so. ${providerLimits}`,
  middleware: [...toChange, jsonBody],
  request: {
    params: ofAccess,
    headers: accessIfMatch,
    body: asBody(replaceTokenBody, { token: newAccessExample.token, accept_personal_token: false }),
  },
  responses: {
    200: accessResponse("The access with its new credential, checked and stored"),
    ...errors("forbidden", "not_found", "precondition_failed", ...ofBody, ...ofProvider),
  },
});

const check = createRoute({
  ...common,
  method: "post",
  path: `${path}/check`,
  operationId: "checkVersionControlAccess",
  summary: "Check a version control access",
  description: `Asks the provider again. What is wrong with the credential is the result, not an error. ${providerLimits}`,
  middleware: [...toChange, optionalBody],
  request: { params: ofAccess, headers: accessIfMatch, body: emptyBody },
  responses: {
    200: accessResponse("The access, with what came of the check"),
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody),
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
  request: { params: ofAccess, headers: accessIfMatch },
  responses: {
    204: { description: "The access is gone" },
    ...errors("forbidden", "not_found", "precondition_failed"),
  },
});

export const versionControlAccess = new OpenAPIHono<ApiEnv>()
  .openapi(one, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    return accessAnswer(await getAccess(c.get("caller").actor, tokenId, accessId));
  })
  .openapi(edit, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    const { actor } = c.get("caller");
    return accessAnswer(await editAccess(actor, tokenId, accessId, c.req.valid("json"), expected));
  })
  .openapi(replace, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    const { actor } = c.get("caller");
    return accessAnswer(await replaceToken(actor, tokenId, accessId, c.req.valid("json"), expected));
  })
  .openapi(check, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    return accessAnswer(await checkAgain(c.get("caller").actor, tokenId, accessId, expected));
  })
  .openapi(remove, async (c) => {
    const { id: tokenId, access_id: accessId } = c.req.valid("param");
    const expected = c.req.valid("header")["if-match"];
    await removeAccess(c.get("caller").actor, tokenId, accessId, expected);
    return noContent();
  });
