import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { removeVariable, setVariable } from "@/lib/environment-variables/change";
import { getVariable, listVariables } from "@/lib/environment-variables/queries";
import { errors, ofBody } from "./description/error-responses";
import { asJson, tokenId as id } from "./description/schemas";
import { askedBy } from "./description/security";
import {
  setVariableBody,
  variableEtag,
  variableExample,
  variableHeaders,
  variableIfMatch,
  variableResource,
  variableSchema,
} from "./environment-variable-resource";
import { acceptsJson } from "./http/accept";
import { created, json, noContent } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, jsonBodyUpTo } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { mayManage } from "./http/guards";
import { asPage, onlyPage } from "./http/page";
import { noQuery } from "./http/query";

const middleware = [authenticated, checked(acceptsJson, noQuery)];
const toChange = [...middleware, mayManage];
const all = "/access-tokens/{id}/environment-variables" as const;
const one = `${all}/{name}` as const;
const common = { tags: ["Environment variables"], security: askedBy.tokenOrPerson };
const ofToken = z.object({ id });
const name = z.string().openapi({ description: "The variable's name", param: { example: variableExample.name } });
const ofVariable = ofToken.extend({ name });
// A value has up to 48 KiB, and one byte of it can take six bytes in JSON (control characters).
const valueBody = jsonBodyUpTo(320);
const content = asJson(variableSchema, variableExample);

const list = createRoute({
  ...common,
  method: "get",
  path: all,
  operationId: "listEnvironmentVariables",
  summary: "List a token's environment variables",
  description: "All of them, as one page, without their values. A token may list its own.",
  middleware,
  request: { params: ofToken },
  responses: {
    200: {
      description: "The token's variables, without their values",
      content: asPage(variableSchema, variableExample),
    },
    ...errors("not_found"),
  },
});

const get = createRoute({
  ...common,
  method: "get",
  path: one,
  operationId: "getEnvironmentVariable",
  summary: "Get an environment variable",
  description: "Without its value, and with its revision as `ETag`. A token may get its own.",
  middleware,
  request: { params: ofVariable },
  responses: {
    200: { description: "The variable, without its value", headers: variableEtag, content },
    ...errors("not_found"),
  },
});

const set = createRoute({
  ...common,
  method: "put",
  path: one,
  operationId: "setEnvironmentVariable",
  summary: "Set an environment variable",
  description: "Makes it, or replaces its value. It is set on the VM from the next session on.",
  middleware: [...toChange, valueBody],
  request: { params: ofVariable, headers: variableIfMatch, body: asBody(setVariableBody, { value: "bench-7.local" }) },
  responses: {
    200: { description: "The variable, whose value is replaced", headers: variableEtag, content },
    201: { description: "The variable, which is new", headers: variableEtag, content },
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: one,
  operationId: "removeEnvironmentVariable",
  summary: "Remove an environment variable",
  description: "It is not set on the VM from the next session on.",
  middleware: toChange,
  request: { params: ofVariable, headers: variableIfMatch },
  responses: {
    204: { description: "The variable is gone" },
    ...errors("forbidden", "not_found", "conflict", "precondition_failed"),
  },
});

export const environmentVariables = new OpenAPIHono<ApiEnv>()
  .openapi(list, async (c) => {
    const { variables } = await listVariables(c.get("caller").actor, c.req.valid("param").id);
    return json(onlyPage(variables, variableResource));
  })
  .openapi(get, async (c) => {
    const { id: tokenId, name } = c.req.valid("param");
    const variable = await getVariable(c.get("caller").actor, tokenId, name);
    return json(variableResource(variable), variableHeaders(variable));
  })
  .openapi(set, async (c) => {
    const { id: tokenId, name } = c.req.valid("param");
    const input = { name, ...c.req.valid("json"), ...ifMatchOf(c.req.valid("header")) };
    const { variable, isNew } = await setVariable(c.get("caller").actor, tokenId, input);
    const answer = isNew ? created : json;
    return answer(variableResource(variable), variableHeaders(variable));
  })
  .openapi(remove, async (c) => {
    const { id: tokenId, name } = c.req.valid("param");
    const input = { name, ...ifMatchOf(c.req.valid("header")) };
    await removeVariable(c.get("caller").actor, tokenId, input);
    return noContent();
  });

/** `*` names no revision; it requires that the variable exists. */
function ifMatchOf(headers: z.output<typeof variableIfMatch>) {
  return "if-match" in headers ? { ifMatch: { revisions: headers["if-match"] } } : {};
}
