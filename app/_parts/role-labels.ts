import type { Role } from "@/db/enums";

export const roleLabels: Record<Role, string> = {
  group_admin: "Group admin",
  group_user: "Group user",
  organization_admin: "Organization admin",
  organization_user: "Organization user",
};
