import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { removeVariable, setVariable } from "@/lib/environment-variables/change";
import { listVariables } from "@/lib/environment-variables/queries";
import { acceptsJson } from "./accept";
import { created, json, noContent } from "./answer";
import { authenticated } from "./authenticated";
import { asBody, jsonBodyUpTo } from "./body";
import type { OfTokenEnv } from "./env";
import { setVariableBody, variableResource, variableSchema } from "./environment-variable-resource";
import { onlyPage, pageOf } from "./page";
import { noQuery } from "./query";
import { id } from "./schemas";
import { tokenScope } from "./token-scope";

const middleware = [authenticated, acceptsJson, noQuery, tokenScope];
const all = "/access-tokens/{id}/environment-variables" as const;
const one = `${all}/{name}` as const;
const ofVariable = z.object({ id, name: z.string() });
// A value has up to 48 KiB, and a control character of it six bytes in JSON.
const valueBody = jsonBodyUpTo(320);
const content = { "application/json": { schema: variableSchema } };

const list = createRoute({
  method: "get",
  path: all,
  middleware,
  request: { params: z.object({ id }) },
  responses: {
    200: {
      description: "The token's variables, without their values",
      content: { "application/json": { schema: pageOf(variableSchema) } },
    },
  },
});

const set = createRoute({
  method: "put",
  path: one,
  middleware: [...middleware, valueBody],
  request: { params: ofVariable, body: asBody(setVariableBody) },
  responses: {
    200: { description: "The variable, whose value is replaced", content },
    201: { description: "The variable, which is new", content },
  },
});

const remove = createRoute({
  method: "delete",
  path: one,
  middleware,
  request: { params: ofVariable },
  responses: { 204: { description: "The variable is gone" } },
});

export const environmentVariables = new OpenAPIHono<OfTokenEnv>()
  .openapi(list, async (c) => {
    const { variables } = await listVariables(c.get("caller").actor, c.get("scope"), c.req.valid("param").id);
    return json(onlyPage(variables, variableResource));
  })
  .openapi(set, async (c) => {
    const { id: tokenId, name } = c.req.valid("param");
    const input = { name, ...c.req.valid("json") };
    const { variable, isNew } = await setVariable(c.get("caller").actor, c.get("scope"), tokenId, input);
    return isNew ? created(variableResource(variable)) : json(variableResource(variable));
  })
  .openapi(remove, async (c) => {
    const { id: tokenId, name } = c.req.valid("param");
    await removeVariable(c.get("caller").actor, c.get("scope"), tokenId, { name });
    return noContent();
  });
