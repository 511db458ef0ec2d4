import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { addAccess } from "@/lib/version-control/add";
import { checkAgain, removeAccess } from "@/lib/version-control/change";
import { listAccesses } from "@/lib/version-control/queries";
import { acceptsJson } from "./accept";
import { created, json, noContent } from "./answer";
import { authenticated } from "./authenticated";
import { asBody, jsonBody } from "./body";
import type { OfTokenEnv } from "./env";
import { onlyPage, pageOf } from "./page";
import { noQuery } from "./query";
import { id } from "./schemas";
import { tokenScope } from "./token-scope";
import { accessResource, accessSchema, addAccessBody } from "./version-control-access-resource";

const middleware = [authenticated, acceptsJson, noQuery, tokenScope];
const all = "/access-tokens/{id}/version-control-accesses" as const;
const one = `${all}/{access_id}` as const;
const ofToken = z.object({ id });
const ofAccess = z.object({ id, access_id: id });
const content = { "application/json": { schema: accessSchema } };

const list = createRoute({
  method: "get",
  path: all,
  middleware,
  request: { params: ofToken },
  responses: {
    200: { description: "The token's accesses", content: { "application/json": { schema: pageOf(accessSchema) } } },
  },
});

const add = createRoute({
  method: "post",
  path: all,
  middleware: [...middleware, jsonBody],
  request: { params: ofToken, body: asBody(addAccessBody) },
  responses: { 201: { description: "The access, checked and stored", content } },
});

const check = createRoute({
  method: "post",
  path: `${one}/check`,
  middleware,
  request: { params: ofAccess },
  responses: { 200: { description: "The access, with what came of the check", content } },
});

const remove = createRoute({
  method: "delete",
  path: one,
  middleware,
  request: { params: ofAccess },
  responses: { 204: { description: "The access is gone" } },
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
