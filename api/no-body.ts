import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { ApiEnv } from "./env";
import { passAsJson, readJson, refuseType, sizeLimit } from "./read-json";

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
