import { z } from "zod";

// The keywords of OpenAPI 3.0 that these contracts use. Formats, defaults and descriptions are dropped.
export const contractSchema = z.object({
  $ref: z.string().optional(),
  type: z.enum(["object", "array", "string", "integer", "number", "boolean"]).optional(),
  nullable: z.boolean().optional(),
  enum: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  required: z.array(z.string()).optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  get items() {
    return contractSchema.optional();
  },
  get properties() {
    return z.record(z.string(), contractSchema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), contractSchema]).optional();
  },
  get oneOf() {
    return z.array(contractSchema).optional();
  },
  get anyOf() {
    return z.array(contractSchema).optional();
  },
  get allOf() {
    return z.array(contractSchema).optional();
  },
});

export type ContractSchema = z.output<typeof contractSchema>;
type Schemas = Record<string, ContractSchema>;
type Side = "request" | "answer";

/**
 * How the value departs from the schema, including names that aren't described. An answer may leave out fields: the
 * stand-ins only return what we read.
 */
export function departures(schema: ContractSchema, schemas: Schemas, value: unknown, side: Side): string[] {
  const named = plain(schema, schemas, side === "request" ? "named" : "part");
  const checks = side === "request" ? [named, plain(schema, schemas, "whole")] : [named];
  const issues = checks.flatMap((one) => {
    const checked = z.fromJSONSchema(one, { defaultTarget: "openapi-3.0" }).safeParse(value);
    return checked.success ? [] : checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  });
  return [...new Set(issues)];
}

/**
 * The schema with its references inlined. `named` refuses undescribed names, and drops alternatives beside properties,
 * since each alternative names only some fields. `part` also requires no field. `whole` keeps the schema as described.
 */
function plain(
  schema: ContractSchema,
  schemas: Schemas,
  how: "named" | "part" | "whole",
): z.core.JSONSchema.JSONSchema {
  if (schema.$ref) return plain(resolve(schema.$ref, schemas), schemas, how);
  const { $ref: _, items, properties, additionalProperties, oneOf, anyOf, allOf, required, ...rest } = schema;
  const sub = (one: ContractSchema) => plain(one, schemas, how);
  const all = (list: ContractSchema[] | undefined) => list?.map((one) => sub(withRequired(one, properties)));
  const alternatives = how === "part" ? { anyOf: all(oneOf ?? anyOf) } : { oneOf: all(oneOf), anyOf: all(anyOf) };
  const isClosed = how !== "whole" && properties !== undefined && additionalProperties === undefined;
  const others = typeof additionalProperties === "object" ? sub(additionalProperties) : additionalProperties;
  return {
    ...rest,
    ...(properties ? { type: "object", properties: mapped(properties, sub) } : {}),
    ...(required && how !== "part" ? { required } : {}),
    ...(items ? { items: sub(items) } : {}),
    ...(isClosed ? { additionalProperties: false } : { additionalProperties: others }),
    ...(how === "whole" || !properties ? { ...alternatives, allOf: all(allOf) } : {}),
  };
}

/** Adds the required fields to an alternative that only has `required`; zod ignores it without properties. */
function withRequired(alternative: ContractSchema, known: Schemas = {}): ContractSchema {
  const required = Object.entries(known).filter(([name]) => alternative.required?.includes(name));
  if (required.length === 0) return alternative;
  return { ...alternative, properties: { ...Object.fromEntries(required), ...alternative.properties } };
}

function mapped(properties: Schemas, sub: (one: ContractSchema) => z.core.JSONSchema.JSONSchema) {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, sub(one)]));
}

function resolve(reference: string, schemas: Schemas): ContractSchema {
  const found = schemas[reference.replace("#/components/schemas/", "")];
  if (!found) throw new Error(`The contract refers to ${reference}, which is not in it.`);
  return found;
}
