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

/** For a route that takes a body: lets pass what is JSON, not too much of it and not too deep. */
export const jsonBody = jsonBodyUpTo(256);

/** The same with another size, for a route that takes larger ones. */
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

function unknownField(name: string) {
  return { field: name.slice(0, longestName), message: "This address takes no such field." };
}

/** What a route behind `noBody` has as `request.body`. */
export const emptyBody = {
  required: false,
  content: { "application/json": { schema: z.strictObject({}), example: {} } },
} as const;

const most = sizeLimit(256);

/** For a route that needs no body: lets pass none, and an empty object, which some clients always send. */
export const noBody = createMiddleware<ApiEnv>(async (c, next) => {
  // What comes in chunks is known to be empty only by its end.
  const refusal = announcesBody(c) ? await readJson(c, most) : "empty";
  if (refusal === "empty") {
    // zod-openapi would look for the body that the type promises.
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
