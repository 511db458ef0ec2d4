import { roleLabels } from "@/app/access-tokens/role-labels";
import { groupRoles } from "@/db/enums";

export const roleOptions = groupRoles.map((role) => ({ value: role, label: roleLabels[role] }));
