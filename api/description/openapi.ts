import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { JSONValue } from "hono/utils/types";
import { acceptsJson } from "@/api/http/accept";
import { json } from "@/api/http/answer";
import { checked } from "@/api/http/checked";
import type { ApiEnv } from "@/api/http/env";
import { noQuery } from "@/api/http/query";
import { problemSchema, publicErrors } from "./error-responses";
import { asJson } from "./schemas";
import { askedBy, securitySchemes } from "./security";

export const base = "/api/v2.0";

const description = `
Scripts, pipelines and runners use this API with an **access token**, a person with a JWT of the organization's identity
provider. A token's secret goes into \`private-token\` or \`Authorization: Bearer\`, a JWT into \`Authorization: Bearer\`;
both headers at once are refused. Rights are those of the role now, read at each request.

- Errors are RFC 9457 problems with a stable \`code\`. What you may not see answers as if it didn't exist.
- Lists answer \`{"items": […], "next_cursor": …}\`. Give \`next_cursor\` as \`cursor\` to get the next page; it is \`null\` at the end.
- A parameter that is unknown or given twice is refused, and so is an unknown field of a body. Bodies may have 256 KiB, that of an environment variable 320 KiB.
- Instants are RFC 3339 in UTC. Ids are opaque.
- A request that takes too long to arrive is answered 408, one whose headers have more than 16 KiB 431, both without a body.
- HEAD works where GET does. A method that an address doesn't take is answered 405 \`method_not_allowed\` with \`Allow\`.
- A resource with versions carries its version as \`ETag\`. A change with \`If-Match\` is only made while the resource has that version, else it is answered 412 \`precondition_failed\`. Without versions, every \`If-Match\` but \`*\` is answered 412.
- Every answer carries \`X-Request-Id\`, which the log names too. Nothing may be cached, and there is no CORS.
`.trim();

const tags = [
  { name: "Access tokens", description: "Credentials for this API, owned by a group or by an organization" },
  { name: "Groups", description: "The groups that you may see, and who is in them" },
  { name: "Version control accesses", description: "GitLab and GitHub credentials stored with an access token" },
  { name: "Environment variables", description: "Names and values that a token carries into a session" },
  {
    name: "Trusted pipelines",
    description: "CI jobs that exchange their ID token for a short-lived secret of a token",
  },
  { name: "Session context", description: "What a VM receives at the beginning of a session" },
  { name: "Trusted pipelines", description: "CI jobs that exchange their ID token for a short-lived secret" },
  { name: "Audit log", description: "What has happened in a group or an organization, and who did it" },
  { name: "Leaks", description: "Reports of secrets that were found in the open" },
  { name: "Description", description: "This description, and a page that shows it" },
  { name: "Calendar", description: "For calendar programs; outside the base" },
  { name: "Health", description: "For load balancers; outside the base" },
];

const read = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "getOpenApiDocument",
  tags: ["Description"],
  summary: "Get this description",
  description: "The description of this API in OpenAPI 3.1. Anyone may read it.",
  security: askedBy.anyone,
  middleware: [checked(acceptsJson, noQuery)],
  responses: {
    200: {
      description: "The description",
      content: asJson(z.record(z.string(), z.unknown()), { openapi: "3.1.0", info: { title: "veHaaS API" } }),
    },
    ...publicErrors("malformed", "not_acceptable", "internal"),
  },
});

/** `GET /openapi.json`: generated from the app's routes and the schemas that validate their requests. */
export function openapi(app: OpenAPIHono<ApiEnv>): OpenAPIHono<ApiEnv> {
  let document: Record<string, JSONValue> | undefined;
  return new OpenAPIHono<ApiEnv>().openapi(read, () => {
    document ??= describe(app);
    return json(document);
  });
}

function describe(app: OpenAPIHono<ApiEnv>): Record<string, JSONValue> {
  app.openAPIRegistry.register("Problem", problemSchema);
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  const { paths = {}, ...rest } = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "veHaaS API", version: "2.0", description },
    servers: [{ url: base }],
    tags,
  });
  const ofServer = Object.entries(paths).map(([path, item]) => [withoutBase(path), item]);
  return JSON.parse(JSON.stringify({ ...rest, paths: Object.fromEntries(ofServer) }));
}

function withoutBase(path: string): string {
  return path.startsWith(`${base}/`) ? path.slice(base.length) : path;
}
