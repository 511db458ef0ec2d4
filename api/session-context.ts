import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { readSessionContext } from "@/lib/sessions/context";
import { toDotenv } from "@/lib/sessions/dotenv-format";
import { toShell } from "@/lib/sessions/shell-format";
import { UnrepresentableError } from "@/lib/sessions/unrepresentable-error";
import { negotiate } from "./accept";
import { accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { answerAs } from "./answer";
import { authenticated } from "./authenticated";
import type { ApiEnv } from "./env";
import { problem } from "./problem";
import { noQuery } from "./query";

type Environment = Record<string, string>;
type Format = { contentType: string; write: (environment: Environment, token: AccessToken) => string };

const formats = new Map<string, Format>([
  ["application/json", { contentType: "application/json", write: toJson }],
  ["text/x-shellscript", { contentType: "text/x-shellscript; charset=utf-8", write: toShell }],
  ["text/x-dotenv", { contentType: "text/x-dotenv; charset=utf-8", write: toDotenv }],
]);
const mediaTypes = [...formats.keys()];
const vary = { vary: "Accept" };

const read = createRoute({
  method: "get",
  path: "/session-context",
  middleware: [authenticated, noQuery],
  responses: {
    200: {
      description: "What a VM needs at the beginning of its session",
      content: {
        "application/json": {
          schema: z.object({ environment: z.record(z.string(), z.string()), access_token: accessTokenSchema }),
        },
        "text/x-shellscript": { schema: z.string() },
        "text/x-dotenv": { schema: z.string() },
      },
    },
  },
});

export const sessionContext = new OpenAPIHono<ApiEnv>().openapi(read, async (c) => {
  const format = formats.get(negotiate(c.req.header("accept"), mediaTypes) ?? "");
  if (!format) return notAcceptable(`This answer is available as ${mediaTypes.join(", ")}.`);
  const { actor, token } = c.get("caller");
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
