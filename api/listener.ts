import type { RequestListener } from "node:http";
import { getRequestListener, RequestError } from "@hono/node-server";
import { createApi } from "./app";
import { problem, problemOf } from "./problem";

/** The API for a node server. */
export function createApiListener(): RequestListener {
  return getRequestListener(createApi().fetch, { errorHandler: refuseUnreadable });
}

/** A Host header without a host, or a backslash in the path, never becomes a Request. */
function refuseUnreadable(error: unknown): Response {
  return error instanceof RequestError
    ? problem("malformed", "The address of this request can't be read.")
    : problemOf(error);
}
