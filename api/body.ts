import { z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./env";
import { problem } from "./problem";
import { camelCase, snakeCase } from "./spelling";

const maxDepth = 8;
const mostErrors = 20;
const longestName = 100;
const noObject = { field: "body", message: "The body has to be a JSON object." };

/** For a route that takes a body: lets pass what is JSON, not too much of it and not too deep. */
export const jsonBody = jsonBodyUpTo(256);

/** The same with another size, for a route that takes larger ones. */
export function jsonBodyUpTo(kibibytes: number) {
  const onError = () => problem("too_large", `The body of a request may have ${kibibytes} KiB.`);
  const limit = bodyLimit({ maxSize: kibibytes * 1024, onError });
  return createMiddleware<ApiEnv>(async (c, next) => {
    if (!isJson(c)) return problem("unsupported_media_type", "Send the body as application/json.");
    const refusal = await refuseUnreadable(c, limit);
    if (refusal) return refusal;
    // zod-openapi looks again, and takes a space before the parameters for another type.
    c.req.raw.headers.set("content-type", "application/json");
    return next();
  });
}

/** What is said of each field, or, where the schema can't be told from its checks, what describes the field. */
type About<T extends z.ZodObject> = Record<
  keyof T["shape"],
  string | { description: string; type: "array"; items: object; default?: unknown[] }
>;

/**
 * The body, described under this name, that gives a command its input: the same fields in the API's spelling, and no
 * others. Checks that span several fields are not taken over: the command has to make them.
 */
export function bodyOf<T extends z.ZodObject>(name: string, input: T, about: About<T>): z.ZodType<z.output<T>>;
export function bodyOf(name: string, input: z.ZodObject, about: Record<string, string | object>): z.ZodType {
  const fields = Object.entries(input.shape).map(([field, type]) => {
    const said = about[field];
    // Not `openapi`, which schemas lack that were made before zod-openapi was imported.
    return [snakeCase(field), type.meta(typeof said === "string" ? { description: said } : said)];
  });
  return z
    .strictObject(Object.fromEntries(fields))
    .openapi(name)
    .transform((body) => Object.fromEntries(Object.entries(body).map(([name, value]) => [camelCase(name), value])));
}

/** What a createRoute takes as `request.body`. */
export function asBody<T extends z.ZodType>(schema: T, example: Record<string, unknown>) {
  return { required: true, content: { "application/json": { schema, example } } } as const;
}

/** Answers a body that its schema refuses. */
export function refuseBody({ issues }: z.ZodError): Response {
  const errors = issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map(unknownField);
    if (issue.code === "invalid_type" && issue.path.length === 0) return noObject;
    return { field: issue.path.join(".") || "body", message: issue.message };
  });
  const few = errors.slice(0, mostErrors);
  return problem("invalid", "The body of this request is not what this address takes.", { errors: few });
}

/** Also answers who hangs up halfway, though nobody listens any more: it is no failure of ours. */
async function refuseUnreadable(c: Context, limit: MiddlewareHandler): Promise<Response | undefined> {
  let isDeep = false;
  try {
    const refusal = await limit(c, async () => {
      isDeep = isDeeper(JSON.parse(decode(await c.req.arrayBuffer())), maxDepth);
    });
    if (refusal) return refusal;
  } catch {
    return problem("malformed", "The body of this request is not JSON in UTF-8.");
  }
  if (!isDeep) return undefined;
  const message = "The body of this request is nested too deeply.";
  return problem("invalid", message, { errors: [{ field: "body", message }] });
}

function isJson(c: Context): boolean {
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";", 1);
  const encoding = c.req.header("content-encoding") ?? "identity";
  return mediaType.trim().toLowerCase() === "application/json" && encoding.toLowerCase() === "identity";
}

// Fatal: what isn't UTF-8 would be stored otherwise than it was sent.
function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** Level by level: a recursion could be led to the end of the stack. */
function isDeeper(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= most; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function unknownField(name: string) {
  return { field: name.slice(0, longestName), message: "This address takes no such field." };
}
