import { roleLabels } from "@/app/access-tokens/role-labels";
import type { ScopeFields } from "@/app/access-tokens/scope-fields";
import { groupRoles, organizationRoles } from "@/db/enums";

/** The roles that a person can have there. */
export function roleOptions(scope: ScopeFields) {
  const roles = "groupId" in scope ? groupRoles : organizationRoles;
  return roles.map((role) => ({ value: role, label: roleLabels[role] }));
}
