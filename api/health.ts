import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { DomainError } from "@/lib/errors";
import { isDatabaseReady, isStopping } from "@/lib/health";
import { publicErrors } from "./description/error-responses";
import { asJson } from "./description/schemas";
import { askedBy } from "./description/security";
import { json } from "./http/answer";
import type { ApiEnv } from "./http/env";

const ok = { status: "ok" } as const;
const content = asJson(z.object({ status: z.literal("ok") }).openapi("Health"), ok);
// The health checks are outside /api/v2.0.
const common = { tags: ["Health"], security: askedBy.anyone, servers: [{ url: "/" }] };

const live = createRoute({
  ...common,
  method: "get",
  path: "/live",
  operationId: "getLiveness",
  summary: "Ask whether the process lives",
  description: "Answers without asking the database. A process that does not answer should be restarted.",
  responses: { 200: { description: "The process answers", content }, ...publicErrors("internal") },
});

const ready = createRoute({
  ...common,
  method: "get",
  path: "/ready",
  operationId: "getReadiness",
  summary: "Ask whether requests can be served",
  description:
    "Asks the database too. A process that is not ready should get no requests for the moment, or, after it was asked to stop, none any more.",
  responses: {
    200: { description: "The process and its database answer", content },
    ...publicErrors("internal", "unavailable"),
  },
});

/** Takes any Accept header and query: load balancers send their own. */
export const health = new OpenAPIHono<ApiEnv>()
  .openapi(live, () => json(ok))
  .openapi(ready, async () => {
    if (isStopping()) throw new DomainError("unavailable", "The process is stopping.");
    if (await isDatabaseReady()) return json(ok);
    throw new DomainError("unavailable", "The database does not answer.");
  });
