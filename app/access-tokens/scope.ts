import { z } from "zod";
import { groupScope, organizationScope, type Scope } from "@/lib/auth/scope";
import { ownerPathOf, type ScopeFields } from "./scope-fields";

export const scopeFields = z.union([z.object({ groupId: z.string() }), z.object({ organizationId: z.string() })]);

export function scopeOf(fields: ScopeFields): Scope {
  if ("groupId" in fields) return groupScope(fields.groupId);
  return organizationScope(fields.organizationId);
}

/** The address of the scope's Access Tokens tab. */
export function listPathOf(fields: ScopeFields): string {
  return `${ownerPathOf(fields)}/access-tokens`;
}
