import { z } from "@hono/zod-openapi";
import { setVariableInput } from "@/lib/environment-variables/change";
import type { EnvironmentVariable } from "@/lib/environment-variables/environment-variable";
import { exampleInstant, instant } from "./description/schemas";
import { bodyOf } from "./http/body";
import { etagHeader, etagOf, ifMatchHeader } from "./http/etag";

export const setVariableBody = bodyOf("NewEnvironmentVariable", setVariableInput, {
  value: "Any text up to 48 KiB without NUL, many lines allowed; it is never shown again",
});

export const variableSchema = z
  .object({
    name: z.string(),
    size: z.int().meta({ description: "Of the value, in bytes of UTF-8" }),
    updated_at: instant,
  })
  .openapi("EnvironmentVariable", { description: "A name and a value that a token carries; the value is write-only" });

export const variableExample: z.output<typeof variableSchema> = {
  name: "BENCH_HOST",
  size: 17,
  updated_at: exampleInstant.created,
};

export function variableResource(variable: EnvironmentVariable): z.output<typeof variableSchema> {
  return { name: variable.name, size: variable.size, updated_at: variable.updatedAt.toISOString() };
}

const revisionExample = '"rev_01j9xk3v0zfqk8m2n4p6r8t0vw"';

export const variableEtag = etagHeader("The variable's revision, for `If-Match`", revisionExample);
export const variableIfMatch = ifMatchHeader("variable", revisionExample);

/** The headers of a response with one variable. */
export function variableHeaders(variable: EnvironmentVariable): Record<string, string> {
  return { etag: etagOf(variable) };
}
