const schemaMaps = ["properties", "$defs"];
const schemaLists = ["allOf"];
const alternatives = ["anyOf", "oneOf"];

/**
 * A copy of the schema that refuses properties that aren't described. A member of `allOf` stays open, since only the
 * whole object can be closed. References become the names of schemas.
 */
export function closed(schema: unknown, { isPart }: { isPart: boolean }): object {
  if (!isObject(schema)) return {};
  const entries = Object.entries(schema).map(([keyword, value]) => [keyword, closedValue(keyword, value)]);
  const isOpenObject = "properties" in schema || "$ref" in schema || "allOf" in schema;
  const closing = isOpenObject && !isPart ? { unevaluatedProperties: false } : {};
  return { ...Object.fromEntries(entries), ...closing };
}

function closedValue(keyword: string, value: unknown): unknown {
  if (keyword === "$ref") return String(value).replace("#/components/schemas/", "");
  if (schemaMaps.includes(keyword) && isObject(value)) return mapped(value);
  if (schemaLists.includes(keyword) && Array.isArray(value)) return value.map((one) => closed(one, { isPart: true }));
  if (alternatives.includes(keyword) && Array.isArray(value)) return value.map((one) => closed(one, { isPart: false }));
  const isSchema = ["items", "additionalProperties"].includes(keyword) && isObject(value);
  return isSchema ? closed(value, { isPart: false }) : value;
}

function mapped(schemas: object): object {
  const entries = Object.entries(schemas).map(([name, one]) => [name, closed(one, { isPart: false })]);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
