import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { addAccess } from "@/lib/version-control/add";
import { listAccesses } from "@/lib/version-control/queries";
import { errors, ofBody, ofProvider, providerLimits } from "./description/error-responses";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { created, json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { noVersionIfMatch } from "./http/etag";
import { mayManage } from "./http/guards";
import { asPage, onlyPage } from "./http/page";
import { noQuery } from "./http/query";
import {
  accessExample,
  accessHeaders,
  accessResource,
  accessResponse,
  accessSchema,
  addAccessBody,
  newAccessExample,
} from "./version-control-access-resource";
import { ofToken, accessesPath as path } from "./version-control-address";

const middleware = [authenticated, checked(acceptsJson, noQuery)];
const common = { tags: ["Version control accesses"], security: askedBy.tokenOrPerson };

const list = createRoute({
  ...common,
  method: "get",
  path,
  operationId: "listVersionControlAccesses",
  summary: "List a token's version control accesses",
  description: "All of them, as one page, each with the last result of its check. A token may list its own.",
  middleware,
  request: { params: ofToken },
  responses: {
    200: { description: "The accesses", content: asPage(accessSchema, accessExample) },
    ...errors("not_found"),
  },
});

const add = createRoute({
  ...common,
  method: "post",
  path,
  operationId: "addVersionControlAccess",
  summary: "Add a version control access",
  description: `Asks the provider whether the credential can register runners, and stores it if so. One per provider URL. ${providerLimits}`,
  middleware: [...middleware, mayManage, jsonBody],
  request: { params: ofToken, headers: noVersionIfMatch, body: asBody(addAccessBody, newAccessExample) },
  responses: {
    201: accessResponse("The access, checked and stored"),
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody, ...ofProvider),
  },
});

export const versionControlAccesses = new OpenAPIHono<ApiEnv>()
  .openapi(list, async (c) => {
    const accesses = await listAccesses(c.get("caller").actor, c.req.valid("param").id);
    return json(onlyPage(accesses, accessResource));
  })
  .openapi(add, async (c) => {
    const { id: tokenId } = c.req.valid("param");
    const access = await addAccess(c.get("caller").actor, tokenId, c.req.valid("json"));
    return created(accessResource(access), accessHeaders(access));
  });
