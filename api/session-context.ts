import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { readSessionContext } from "@/lib/session-context/context";
import { toDotenv, toShell, UnrepresentableError } from "@/lib/session-context/formats";
import { accessTokenExample, accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { errors } from "./description/error-responses";
import { asJson } from "./description/schemas";
import { askedBy } from "./description/security";
import { negotiate } from "./http/accept";
import { answerAs } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { checked } from "./http/checked";
import type { TokenEnv } from "./http/env";
import { tokenOnly } from "./http/guards";
import { problem } from "./http/problem";
import { noQuery } from "./http/query";

type Environment = Record<string, string>;
type Format = { contentType: string; write: (environment: Environment, token: AccessToken) => string };

const formats = new Map<string, Format>([
  ["application/json", { contentType: "application/json", write: toJson }],
  ["text/x-shellscript", { contentType: "text/x-shellscript; charset=utf-8", write: toShell }],
  ["text/x-dotenv", { contentType: "text/x-dotenv; charset=utf-8", write: toDotenv }],
]);
const mediaTypes = [...formats.keys()];
const vary = { vary: "Accept" };

const contextSchema = z
  .object({
    environment: z.record(z.string(), z.string()).meta({ description: "The variables' values by their names" }),
    access_token: accessTokenSchema,
  })
  .openapi("SessionContext", { description: "What a VM receives at the beginning of a session" });

const read = createRoute({
  method: "get",
  path: "/session-context",
  operationId: "getSessionContext",
  tags: ["Session context"],
  security: askedBy.token,
  summary: "Get the session context",
  description:
    "The environment variables of the token that asks, with their values, in the format that Accept asks for.",
  middleware: [authenticated, checked(tokenOnly, noQuery)],
  responses: {
    200: {
      description: "What a VM needs at the beginning of its session",
      content: {
        ...asJson(contextSchema, { environment: { BENCH_HOST: "bench-7.local" }, access_token: accessTokenExample }),
        "text/x-shellscript": { schema: z.string(), example: "export BENCH_HOST='bench-7.local'\n" },
        "text/x-dotenv": { schema: z.string(), example: "BENCH_HOST='bench-7.local'\n" },
      },
    },
    ...errors("forbidden", "conflict"),
  },
});

export const sessionContext = new OpenAPIHono<TokenEnv>().openapi(read, async (c) => {
  const format = formats.get(negotiate(c.req.header("accept"), mediaTypes) ?? "");
  if (!format) return notAcceptable(`This answer is available as ${mediaTypes.join(", ")}.`);
  const { actor, token } = c.get("authenticated");
  const environment = await readSessionContext(actor, token);
  try {
    return answerAs(format.contentType, format.write(environment, token), vary);
  } catch (error) {
    if (error instanceof UnrepresentableError) return notAcceptable(error.message);
    throw error;
  }
});

function toJson(environment: Environment, token: AccessToken): string {
  return JSON.stringify({ environment, access_token: accessTokenResource(token) });
}

function notAcceptable(detail: string): Response {
  return problem("not_acceptable", detail, { headers: vary });
}
