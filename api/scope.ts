import { groupScope, type Scope } from "@/lib/auth/scope";

type Owner = { group_id?: string; organization_id?: string };

export function isOneScope({ group_id, organization_id }: Owner): boolean {
  return (group_id === undefined) !== (organization_id === undefined);
}

/** What is asked of group_id where it isn't so. */
export const oneScope = "or organization_id must be given, and not both";

/** Where the request belongs, of which exactly one id is given. */
export function scopeOf({ group_id, organization_id = "" }: Owner): Scope {
  return group_id === undefined ? { kind: "organization", organizationId: organization_id } : groupScope(group_id);
}
