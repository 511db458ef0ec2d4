import type { GroupRole, OrganizationRole, UserKind } from "@/db/enums";

/** A user's current roles in a group and in its organization. */
export type Roles = { group?: GroupRole; organization?: OrganizationRole };

export type GroupPermission =
  | "group:read"
  | "members:manage"
  | "access-tokens:read"
  | "access-tokens:create"
  | "access-tokens:manage"
  | "access-tokens:rotate"
  | "audit:read"
  | "settings:manage"
  | "trusted-pipelines:manage";

export type OrganizationPermission =
  | "organization:read"
  | "groups:manage"
  | "members:manage"
  | "access-tokens:read"
  | "access-tokens:create"
  | "access-tokens:manage"
  | "access-tokens:rotate"
  | "audit:read"
  | "settings:manage"
  | "trusted-pipelines:manage";

/** A user's permissions in a group, see product.md's table. Empty means that the group is hidden. */
export function permissionsInGroup(actor: UserKind, roles: Roles): ReadonlySet<GroupPermission> {
  if (actor === "technical") return technicalPermissionsInGroup(roles);
  return new Set<GroupPermission>([
    ...(roles.group === "group_admin" ? groupAdmin : []),
    ...(roles.group === "group_user" ? groupUser : []),
    ...(roles.organization === "organization_admin" ? organizationAdminInGroup : []),
  ]);
}

/** A user's permissions in an organization. Anyone with a role in one of its groups may see that it exists. */
export function permissionsInOrganization(actor: UserKind, roles: Roles): ReadonlySet<OrganizationPermission> {
  if (roles.organization === "organization_admin") {
    return new Set(actor === "person" ? organizationAdmin : technicalOrganizationAdmin);
  }
  return new Set(roles.organization || roles.group ? organizationUser : []);
}

const groupUser: GroupPermission[] = ["group:read"];
const technicalGroupAdmin: GroupPermission[] = [
  "group:read",
  "access-tokens:read",
  "access-tokens:manage",
  "audit:read",
];
const groupAdmin: GroupPermission[] = [
  ...technicalGroupAdmin,
  "members:manage",
  "access-tokens:create",
  "access-tokens:rotate",
  "settings:manage",
  "trusted-pipelines:manage",
];
const organizationAdminInGroup: GroupPermission[] = ["group:read", "members:manage"];

const organizationUser: OrganizationPermission[] = ["organization:read"];
const technicalOrganizationAdmin: OrganizationPermission[] = [
  "organization:read",
  "access-tokens:read",
  "access-tokens:manage",
  "audit:read",
];
const organizationAdmin: OrganizationPermission[] = [
  ...technicalOrganizationAdmin,
  "groups:manage",
  "members:manage",
  "access-tokens:create",
  "access-tokens:rotate",
  "settings:manage",
  "trusted-pipelines:manage",
];

// An organization token has, in every group, the group role that matches its organization role.
function technicalPermissionsInGroup({ group, organization }: Roles): ReadonlySet<GroupPermission> {
  if (group === "group_admin" || organization === "organization_admin") return new Set(technicalGroupAdmin);
  return new Set(group || organization ? groupUser : []);
}
