import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { jsonBody } from "./body";
import type { ApiEnv } from "./env";

/** What a route behind `noBody` has as `request.body`. */
export const emptyBody = {
  required: false,
  content: { "application/json": { schema: z.strictObject({}), example: {} } },
} as const;

/** For a route that needs no body: lets pass none, and an empty object, which some clients always send. */
export const noBody = createMiddleware<ApiEnv>(async (c, next) => {
  if (hasBody(c)) return jsonBody(c, next);
  // zod-openapi would look for the body that the type promises.
  c.req.raw.headers.delete("content-type");
  return next();
});

function hasBody(c: Context): boolean {
  const length = c.req.header("content-length") ?? "0";
  return length !== "0" || c.req.header("transfer-encoding") !== undefined;
}
