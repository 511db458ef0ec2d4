import { z } from "zod";
import { createApi } from "@/api/app";

const methods = z.enum(["get", "post", "put", "patch", "delete"]);

const content = z.record(
  z.string(),
  z.strictObject({
    schema: z.unknown(),
    example: z.unknown().optional(),
    examples: z.record(z.string(), z.strictObject({ value: z.unknown() })).optional(),
  }),
);

const header = z.strictObject({
  description: z.string(),
  required: z.boolean(),
  schema: z.unknown(),
  example: z.string(),
});

const parameter = z.strictObject({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean(),
  description: z.string(),
  schema: z.unknown(),
  example: z.unknown().optional(),
});

const response = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), header).default({}),
  content: content.default({}),
});

const server = z.strictObject({ url: z.string() });

const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]+([A-Z][a-z]+)+$/),
  tags: z.tuple([z.string()]),
  summary: z.string().regex(/^[A-Z].*[^.]$/),
  description: z.string().regex(/^[A-Z].*\.$/),
  servers: z.tuple([server]).optional(),
  security: z.array(z.record(z.string(), z.tuple([]))),
  parameters: z.array(parameter).default([]),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string().regex(/^[2-5]\d\d$/), response),
});

/** OpenAPI 3.1, limited to what we use. Members that the description should always have are required. */
const documentSchema = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({ title: z.literal("veHaaS API"), version: z.string(), description: z.string() }),
  servers: z.tuple([server]),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  paths: z.record(z.string().startsWith("/"), z.partialRecord(methods, operation)),
  components: z.strictObject({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(["apiKey", "http"]) })),
    parameters: z.strictObject({}),
  }),
  webhooks: z.strictObject({}),
});

export type Document = z.output<typeof documentSchema>;
type Operation = z.output<typeof operation>;
export type Response = z.output<typeof response>;
type Described = { method: z.output<typeof methods>; path: string; address: string; operation: Operation };

/** Reads openapi.json; throws if it isn't OpenAPI in the form above. */
export async function readDocument(): Promise<Document> {
  const answer = await createApi().request("/api/v2.0/openapi.json");
  return documentSchema.parse(await answer.json());
}

/** Every operation with its path template. */
export function operationsOf({ paths, servers }: Document): Described[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.options.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const [{ url }] = operation.servers ?? servers;
      return [{ method, path, address: `${url.replace(/\/$/, "")}${path}`, operation }];
    }),
  );
}
