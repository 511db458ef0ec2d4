import type { RequestListener } from "node:http";
import { getRequestListener, RequestError } from "@hono/node-server";
import { createApi } from "@/api/app";
import { withDatabaseDeadline } from "@/lib/database-deadline";
import { problem, problemOf } from "./problem";

/** The API for a node server. */
export function createApiListener(): RequestListener {
  // HTTP/1.0, which some load balancers use for health checks, has no Host header; no route reads the host.
  const listener = getRequestListener(createApi().fetch, { hostname: "localhost", errorHandler: refuseUnreadable });
  return (request, response) => withDatabaseDeadline(() => listener(request, response));
}

/** Answers requests that can't become a Request: a Host header without a host, or a backslash in the path. */
function refuseUnreadable(error: unknown): Response {
  return error instanceof RequestError
    ? problem("malformed", "The address of this request can't be read.")
    : problemOf(error);
}
