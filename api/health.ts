import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { DomainError } from "@/lib/errors";
import { isDatabaseReady } from "@/lib/health";
import { json } from "./answer";
import type { ApiEnv } from "./env";

const content = { "application/json": { schema: z.object({ status: z.literal("ok") }) } };

const live = createRoute({
  method: "get",
  path: "/live",
  responses: { 200: { description: "The process answers", content } },
});

const ready = createRoute({
  method: "get",
  path: "/ready",
  responses: { 200: { description: "The process and its database answer", content } },
});

const ok = { status: "ok" } as const;

/** For load balancers, which send what Accept and query they like. */
export const health = new OpenAPIHono<ApiEnv>()
  .openapi(live, () => json(ok))
  .openapi(ready, async () => {
    if (await isDatabaseReady()) return json(ok);
    throw new DomainError("unavailable", "The database does not answer.");
  });
