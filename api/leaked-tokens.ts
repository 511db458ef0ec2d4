import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { leakReportInput, reportLeakedTokens } from "@/lib/leaks/report";
import { ofBody, publicErrors } from "./description/error-responses";
import { asJson } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { accepted } from "./http/answer";
import { asBody, bodyOf, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { noQuery } from "./http/query";
import { limitedByNetwork } from "./http/rate-limit";

const limit = limitedByNetwork({ name: "leaked-tokens", points: 60, what: "reports from this network" });

const body = bodyOf("LeakedTokens", leakReportInput, {
  tokens: {
    description: "Up to 1,000 texts that look like secrets of access tokens. What is no secret is counted and ignored",
    type: "array",
    items: {},
  },
});

const received = z
  .object({ received: z.int().meta({ description: "The number of entries, whatever they were" }) })
  .openapi("LeakReport");

const report = createRoute({
  method: "post",
  path: "/leaked-tokens",
  operationId: "reportLeakedTokens",
  tags: ["Leaks"],
  summary: "Report secrets that were found in the open",
  description:
    "For secret scanners, and for everybody who has found a secret. A credential is not looked at. The answer is the same for every list of the same length, and does not tell which secrets are good. Within seconds the access tokens of those that are get revoked, and their admins are notified; a secret of a pipeline is ended alone. 60 requests a minute of one network are answered.",
  security: askedBy.anyone,
  middleware: [limit, checked(acceptsJson, noQuery), jsonBody],
  request: { body: asBody(body, { tokens: ["vhg_…", "vhj_…"] }) },
  responses: {
    202: {
      description: "The report, which is stored and will be acted on",
      content: asJson(received, { received: 2 }),
    },
    ...publicErrors("malformed", "not_acceptable", ...ofBody, "rate_limited", "internal", "unavailable"),
  },
});

export const leakedTokens = new OpenAPIHono<ApiEnv>().openapi(report, async (c) => {
  const given = c.req.valid("json");
  await reportLeakedTokens(given);
  return accepted({ received: given.tokens.length });
});
