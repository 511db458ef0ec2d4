import { z } from "zod";
import { groupScope, organizationScope, type Scope } from "@/lib/auth/scope";
import type { ScopeFields } from "./paths";

/** Apart from the paths, which the browser needs too: it would load the schema library. */
export const scopeFields = z.union([z.object({ groupId: z.string() }), z.object({ organizationId: z.string() })]);

export function scopeOf(fields: ScopeFields): Scope {
  if ("groupId" in fields) return groupScope(fields.groupId);
  return organizationScope(fields.organizationId);
}
