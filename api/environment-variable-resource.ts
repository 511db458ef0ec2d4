import { z } from "@hono/zod-openapi";
import { setVariableInput } from "@/lib/environment-variables/change";
import type { EnvironmentVariable } from "@/lib/environment-variables/environment-variable";
import { bodyOf } from "./body";
import { instant } from "./schemas";

export const setVariableBody = bodyOf(setVariableInput);

export const variableSchema = z.object({
  name: z.string(),
  size: z.number(),
  updated_at: instant,
});

export function variableResource(variable: EnvironmentVariable): z.output<typeof variableSchema> {
  return { name: variable.name, size: variable.size, updated_at: variable.updatedAt.toISOString() };
}
