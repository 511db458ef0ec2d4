import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { addAccess } from "@/lib/version-control/add";
import { checkAgain, removeAccess } from "@/lib/version-control/change";
import { listAccesses } from "@/lib/version-control/queries";
import { acceptsJson } from "./accept";
import { created, json, noContent } from "./answer";
import { authenticated } from "./authenticated";
import { asBody, jsonBody } from "./body";
import type { OfTokenEnv } from "./env";
import { errors, ofBody, ofProvider } from "./error-responses";
import { exampleId } from "./examples";
import { mayManage } from "./may-manage";
import { emptyBody, noBody } from "./no-body";
import { asPage, onlyPage } from "./page";
import { noQuery } from "./query";
import { asJson, idOf, tokenId } from "./schemas";
import { askedBy } from "./security";
import { tokenScope } from "./token-scope";
import {
  accessExample,
  accessResource,
  accessSchema,
  addAccessBody,
  newAccessExample,
} from "./version-control-access-resource";

const middleware = [authenticated, acceptsJson, noQuery, tokenScope];
const toChange = [...middleware, mayManage];
const all = "/access-tokens/{id}/version-control-accesses" as const;
const one = `${all}/{access_id}` as const;
const common = { tags: ["Version control accesses"], security: askedBy.tokenOrPerson };
const ofToken = z.object({ id: tokenId });
const ofAccess = ofToken.extend({ access_id: idOf("the version control access", exampleId.access) });
const content = asJson(accessSchema, accessExample);

const list = createRoute({
  ...common,
  method: "get",
  path: all,
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
  path: all,
  operationId: "addVersionControlAccess",
  summary: "Add a version control access",
  description:
    "Asks the provider whether the credential can register runners, and stores it if so. One per provider URL.",
  middleware: [...toChange, jsonBody],
  request: { params: ofToken, body: asBody(addAccessBody, newAccessExample) },
  responses: {
    201: { description: "The access, checked and stored", content },
    ...errors("forbidden", "not_found", "conflict", ...ofBody, ...ofProvider),
  },
});

const check = createRoute({
  ...common,
  method: "post",
  path: `${one}/check`,
  operationId: "checkVersionControlAccess",
  summary: "Check a version control access",
  description: "Asks the provider again. What is wrong with the credential is the result, not an error.",
  middleware: [...toChange, noBody],
  request: { params: ofAccess, body: emptyBody },
  responses: {
    200: { description: "The access, with what came of the check", content },
    ...errors("forbidden", "not_found", ...ofBody),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: one,
  operationId: "removeVersionControlAccess",
  summary: "Remove a version control access",
  description: "The access is gone at once. Its runners are unregistered in the background.",
  middleware: toChange,
  request: { params: ofAccess },
  responses: { 204: { description: "The access is gone" }, ...errors("forbidden", "not_found") },
});

export const versionControlAccesses = new OpenAPIHono<OfTokenEnv>()
  .openapi(list, async (c) => {
    const accesses = await listAccesses(c.get("caller").actor, c.get("scope"), c.req.valid("param").id);
    return json(onlyPage(accesses, accessResource));
  })
  .openapi(add, async (c) => {
    const { id: tokenId } = c.req.valid("param");
    const access = await addAccess(c.get("caller").actor, c.get("scope"), tokenId, c.req.valid("json"));
    return created(accessResource(access));
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
