import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Exchange } from "@/testing/stand-ins/server";
import { contractSchema, departures } from "./contract-schema";

const reference = z.object({ $ref: z.string() });
const content = z.record(z.string(), z.object({ schema: contractSchema.optional() }));
const parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean().default(false),
  schema: contractSchema,
});
const response = z.object({ content: content.optional() });
const operation = z.object({
  parameters: z.array(z.union([reference, parameter])).default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.union([reference, response])),
});

/** A provider's API as described in OpenAPI 3.0. */
export const contract = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({
    schemas: z.record(z.string(), contractSchema).default({}),
    parameters: z.record(z.string(), parameter).default({}),
    responses: z.record(z.string(), response).default({}),
  }),
});

export type Contract = z.output<typeof contract>;
type Operation = z.output<typeof operation>;

export function readContract(folder: string, file: string): Contract {
  return contract.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
}

/** The operation of an exchange, as `GET /path/{id}`, and how the exchange departs from its description. */
export function compare(described: Contract, exchange: Exchange, prefix: string): { of: string; drifts: string[] } {
  const { method, path } = exchange;
  const { pathname, searchParams } = new URL(path, "http://stand-in");
  const own = pathname.replace(prefix, "");
  const template = findPath(described, own, method);
  const operation = template && described.paths[template]?.[method.toLowerCase()];
  if (!operation) return { of: `${method} ${own}`, drifts: ["is not described"] };
  const parameters = [...pathValues(template, own), ...searchParams];
  return {
    of: `${method} ${template}`,
    drifts: [
      ...parameterDrifts(described, operation, parameters),
      ...requestDrifts(described, operation, exchange),
      ...answerDrifts(described, operation, exchange),
    ],
  };
}

/** The template with the fewest parameters, so that /runners/verify isn't taken for a runner's id. */
function findPath({ paths }: Contract, path: string, method: string): string | undefined {
  const fitting = Object.keys(paths).filter(
    (template) => paths[template]?.[method.toLowerCase()] && patternOf(template).test(path),
  );
  return fitting.sort((one, other) => one.split("{").length - other.split("{").length)[0];
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
}

function pathValues(template: string, path: string): [string, string][] {
  const values = Object.entries(patternOf(template).exec(path)?.groups ?? {});
  return values.map(([name, value]) => [name, decodeURIComponent(value)]);
}

function parameterDrifts(described: Contract, { parameters }: Operation, given: [string, string][]): string[] {
  const { parameters: shared, schemas } = described.components;
  const known = parameters.flatMap((one) => ("$ref" in one ? (shared[lastPart(one.$ref)] ?? []) : one));
  const missing = known.filter(({ name, required }) => required && !given.some(([other]) => other === name));
  const wrong = given.flatMap(([name, text]) => {
    const parameter = known.find((one) => one.name === name);
    if (!parameter) return [`takes no parameter ${name}`];
    const isGood = readings(text).some((value) => departures(parameter.schema, schemas, value, "request").length === 0);
    return isGood ? [] : [`does not take ${text} as ${name}`];
  });
  return [...missing.map(({ name }) => `needs the parameter ${name}`), ...wrong];
}

/** The possible values of a parameter's text. */
function readings(text: string): unknown[] {
  const value: unknown = /^(?:-?\d+|true|false)$/.test(text) ? JSON.parse(text) : text;
  return [text, value];
}

function requestDrifts({ components }: Contract, { requestBody }: Operation, { body }: Exchange): string[] {
  const schema = requestBody?.content["application/json"]?.schema;
  if (!schema) return body === null ? [] : ["takes no body"];
  return departures(schema, components.schemas, body, "request").map((one) => `does not take the body: ${one}`);
}

function answerDrifts({ components }: Contract, { responses }: Operation, { answer }: Exchange): string[] {
  const given = responses[answer.status];
  if (!given) return [`does not answer ${answer.status}`];
  const content = ("$ref" in given ? components.responses[lastPart(given.$ref)] : given)?.content;
  const schema = content?.["application/json"]?.schema;
  if (answer.body === undefined) return schema ? [`answers ${answer.status} with a body`] : [];
  if (!schema) return [`answers ${answer.status} without a body`];
  return departures(schema, components.schemas, answer.body, "answer").map(
    (one) => `does not answer ${answer.status} so: ${one}`,
  );
}

function lastPart(reference: string): string {
  return reference.split("/").at(-1) ?? "";
}
