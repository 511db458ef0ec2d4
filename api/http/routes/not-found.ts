import type { Hook, OpenAPIHono } from "@hono/zod-openapi";
import { routePath } from "hono/route";
import { requestContext } from "@/lib/request-context";
import { refuseBody } from "../body";
import type { ApiEnv } from "../env";
import { problem } from "../problem";
import { refuseParameter } from "../query";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The path of the middleware for all routes, which no route has. */
const everyPath = "/*";

const patterns = new Map<string, string>();

/** Notes each request's route for metrics and traces, by the pattern of the OpenAPI description. Call it before the routes. */
export function noteRoutes(app: OpenAPIHono<ApiEnv>): void {
  app.use(everyPath, (c, next) => {
    // The one behind this middleware. /access-tokens/{id} comes after it for /access-tokens/self, and does not answer.
    const path = routePath(c, 1);
    const context = requestContext();
    if (context && path) context.route = patternOf(path);
    return next();
  });
}

function patternOf(path: string): string {
  let pattern = patterns.get(path);
  if (pattern === undefined) {
    pattern = path.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");
    patterns.set(path, pattern);
  }
  return pattern;
}

/** The response where no route matches: 405 if the path has routes for other methods, else 404. */
export function refuseUnrouted(app: OpenAPIHono<ApiEnv>): void {
  app.notFound((c) => {
    const paths = (method: string) => {
      const matched = app.router.match(method, c.req.path)[0].map(([[, route]]) => route.path);
      return matched.filter((path) => path !== everyPath);
    };
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
