import { z } from "@hono/zod-openapi";
import type { HonoRequest } from "hono";
import { groupScope, type Scope } from "@/lib/auth/scope";
import { problem } from "./problem";

const once = "must be given once";

/** A query parameter. Messages of its checks begin with "must". */
export const parameter = z.string(once);

export function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, {
    error: ({ input }) => (Array.isArray(input) ? once : `must be one of ${values.join(", ")}`),
  });
}

/** For a route without a query. Faster than a schema. */
export function noQuery({ req: { url } }: { req: HonoRequest }): Response | undefined {
  const [name] = url.includes("?") ? new URL(url).searchParams.keys() : [];
  return name === undefined ? undefined : unknownParameter(name);
}

/** `params` of a check that fails because a condition header isn't met, not because of a mistake. */
export const unmetCondition = { isUnmetCondition: true } as const;

/** The response to a query or header that its schema refuses. */
export function refuseParameter({ issues: [issue] }: z.ZodError): Response {
  if (issue?.code === "unrecognized_keys") return unknownParameter(issue.keys.join(", "));
  if (issue?.code === "custom" && issue.params?.isUnmetCondition) return problem("precondition_failed", issue.message);
  return problem("malformed", `The parameter ${issue?.path.join(".")} ${issue?.message}.`);
}

function unknownParameter(name: string): Response {
  return problem("malformed", `This address takes no parameter named ${name}.`);
}

type Owner = { group_id?: string; organization_id?: string };

export function isOneScope({ group_id, organization_id }: Owner): boolean {
  return (group_id === undefined) !== (organization_id === undefined);
}

/** The message, after "group_id", where not exactly one of the two ids is given. */
export const oneScope = "or organization_id must be given, and not both";

/** The scope of a request in which exactly one of the two ids is given. */
export function scopeOf({ group_id, organization_id = "" }: Owner): Scope {
  return group_id === undefined ? { kind: "organization", organizationId: organization_id } : groupScope(group_id);
}
