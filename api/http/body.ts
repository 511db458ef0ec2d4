import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { passAsJson, readJson, refuseType, sizeLimit } from "@/api/read-json";
import type { ApiEnv } from "./env";
import { problem } from "./problem";
import { camelCase, snakeCase } from "./snake-case";

const mostErrors = 20;
const longestName = 100;
const noObject = { field: "body", message: "The body has to be a JSON object." };

/** For a route with a body: accepts only JSON within the limits of size and depth. */
export const jsonBody = jsonBodyUpTo(256);

/** The same with another size limit, for routes that take larger bodies. */
export function jsonBodyUpTo(kibibytes: number) {
  const limit = sizeLimit(kibibytes);
  return createMiddleware<ApiEnv>(async (c, next) => {
    const refusal = refuseType(c) ?? (await readJson(c, limit));
    if (refusal === "empty") return problem("malformed", "This request has no body. Send a JSON object.");
    if (refusal) return refusal;
    passAsJson(c);
    return next();
  });
}

/** Each field's description; also its schema, where that can't be derived from the field's checks. */
type About<T extends z.ZodObject> = Record<
  keyof T["shape"],
  string | { description: string; type: "array"; items: object; default?: unknown[] }
>;

/**
 * The schema `name` of a body for a command's input: the same fields in the API's spelling, and no others. Checks across
 * several fields are dropped: the command has to make them.
 */
export function bodyOf<T extends z.ZodObject>(name: string, input: T, about: About<T>): z.ZodType<z.output<T>>;
export function bodyOf(name: string, input: z.ZodObject, about: Record<string, string | object>): z.ZodType {
  const fields = Object.entries(input.shape).map(([field, type]) => {
    const said = about[field];
    // Not `openapi`: schemas that were created before zod-openapi was imported don't have it.
    return [snakeCase(field), type.meta(typeof said === "string" ? { description: said } : said)];
  });
  return z
    .strictObject(Object.fromEntries(fields))
    .openapi(name)
    .transform((body) => Object.fromEntries(Object.entries(body).map(([name, value]) => [camelCase(name), value])));
}

/** The `request.body` of a createRoute. */
export function asBody<T extends z.ZodType>(schema: T, example: Record<string, unknown>) {
  return { required: true, content: { "application/json": { schema, example } } } as const;
}

/** The response to a body that its schema refuses. */
export function refuseBody({ issues }: z.ZodError): Response {
  const errors = issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map(unknownField);
    if (issue.code === "invalid_type" && issue.path.length === 0) return noObject;
    return { field: issue.path.join(".") || "body", message: issue.message };
  });
  const few = errors.slice(0, mostErrors);
  return problem("invalid", "The body of this request is not what this address takes.", { errors: few });
}

function unknownField(name: string) {
  return { field: name.slice(0, longestName), message: "This address takes no such field." };
}

/** The `request.body` of a route that takes no field. */
export const emptyBody = {
  required: false,
  content: { "application/json": { schema: z.strictObject({}), example: {} } },
} as const;

const most = sizeLimit(256);

/** For a route whose body may be left out, also one that takes no field: some clients always send an empty object. */
export const optionalBody = createMiddleware<ApiEnv>(async (c, next) => {
  // A chunked body is only known to be empty once it has been read.
  const refusal = announcesBody(c) ? await readJson(c, most) : "empty";
  if (refusal === "empty") {
    // With a content type, zod-openapi would try to parse a body.
    c.req.raw.headers.delete("content-type");
    return next();
  }
  const first = refuseType(c) ?? refusal;
  if (first) return first;
  passAsJson(c);
  return next();
});

function announcesBody(c: Context): boolean {
  return (c.req.header("content-length") ?? "0") !== "0" || c.req.header("transfer-encoding") !== undefined;
}
