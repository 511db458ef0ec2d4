import type { ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { groupRoles, organizationRoles } from "@/db/enums";

export function roleOptions(scope: ScopeFields) {
  const roles = "groupId" in scope ? groupRoles : organizationRoles;
  return roles.map((role) => ({ value: role, label: roleLabels[role] }));
}
