import { groupRoles } from "@/db/enums";
import { roleLabels } from "../access-tokens/role-labels";

export const roleOptions = groupRoles.map((role) => ({ value: role, label: roleLabels[role] }));
