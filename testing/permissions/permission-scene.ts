import type { Actor } from "@/lib/auth/actor";
import { createToken } from "@/testing/access-tokens";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import type { ActorName, Target } from "./permission-table";

/** The tenants for the permission tests: `own` with one actor of each kind, and a foreign one. */
export type PermissionScene = { own: Tenant; foreign: Tenant; actors: Record<ActorName, Actor> };

export async function createPermissionScene(): Promise<PermissionScene> {
  const [own, foreign] = [await createTenant(), await createTenant()];
  const { group, organization, organizationAdmin } = own;
  const groupToken = async (admin: boolean) => (await createToken(group.admin, group.scope, { admin })).actor;
  const organizationToken = async (admin: boolean) =>
    (await createToken(organizationAdmin, organization.scope, { admin })).actor;
  const actors = {
    "group admin": group.admin,
    "group user": group.user,
    "organization admin": organizationAdmin,
    "organization admin, also group admin": await createPerson(organization.id, "organization_admin", {
      [group.id]: "group_admin",
    }),
    "organization user": await createPerson(organization.id, "organization_user"),
    stranger: (await createTenant()).organizationAdmin,
    "group token, admin role": await groupToken(true),
    "group token, user role": await groupToken(false),
    "organization token, admin role": await organizationToken(true),
    "organization token, user role": await organizationToken(false),
  };
  return { own, foreign, actors };
}

export function groupOf({ own, foreign }: PermissionScene, target: Target): Tenant["group"] {
  if (target === "foreign group") return foreign.group;
  return target === "own group" ? own.group : own.otherGroup;
}

export function organizationOf({ own, foreign }: PermissionScene, target: Target): Tenant {
  return target === "own organization" ? own : foreign;
}
