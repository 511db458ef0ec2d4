import type { Hook, OpenAPIHono } from "@hono/zod-openapi";
import { refuseBody } from "./body";
import type { ApiEnv } from "./env";
import { problem } from "./problem";
import { refuseParameter } from "./query";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The response where no route matches: 405 if the path has routes for other methods, else 404. */
export function refuseUnrouted(app: OpenAPIHono<ApiEnv>): void {
  app.notFound((c) => {
    const paths = (method: string) => app.router.match(method, c.req.path)[0].map(([[, route]]) => route.path);
    // A literal path such as /self also matches the patterns with an id; their methods don't count for it.
    const isLiteral = methods.some((method) => paths(method).includes(c.req.path));
    const allowed = methods.filter((method) => paths(method).some((path) => !isLiteral || path === c.req.path));
    if (allowed.length === 0) return problem("not_found", "There is nothing at this address.");
    const allow = allowed.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
    return problem("method_not_allowed", `This address allows ${allow}.`, { headers: { allow } });
  });
}

/** The response to a request that its schema refuses. */
export const refuseUnfit: Hook<unknown, ApiEnv, string, Response | undefined> = (result) => {
  if (result.success) return undefined;
  return result.target === "json" ? refuseBody(result.error) : refuseParameter(result.error);
};
