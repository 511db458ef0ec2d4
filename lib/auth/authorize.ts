import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { givenId } from "@/db/ids";
import { prepared } from "@/db/prepared";
import { groups, memberships, organizations } from "@/db/schema";
import { DomainError, forbidden, notFound } from "@/lib/errors";
import type { Actor } from "./actor";
import {
  type GroupPermission,
  type OrganizationPermission,
  permissionsInGroup,
  permissionsInOrganization,
  type Roles,
} from "./permissions";
import { ownerOf, type Scope } from "./scope";

export type Permission = GroupPermission | OrganizationPermission;

/** A scope that the actor may see, and the actor's permissions in it. */
export type Rights = {
  organization: { id: string; name: string };
  group: { id: string; name: string; createdAt: Date } | null;
  roles: Roles;
  permissions: ReadonlySet<Permission>;
  /** The database's clock, for comparing expirations. */
  now: Date;
};

/**
 * The actor's current roles. Throws `not_found` for an unknown id, and if the actor may not see the scope. `lock` keeps
 * the roles from changing until the transaction ends: a demotion waits, or has already taken effect.
 */
export async function accessIn(executor: Executor, actor: Actor, scope: Scope, lock = false): Promise<Rights> {
  const rights = rightsFrom(actor, scope, await rolesQuery(executor, actor, scope, lock));
  if (!rights) throw notFound(scope.kind === "group" ? "This group" : "This organization");
  return rights;
}

type RoleRow = Pick<Rights, "organization" | "group" | "now"> & { role: string };

/** The rights of an actor with these roles in the scope; undefined if the actor may not see it. */
export function rightsFrom(actor: Actor, scope: Scope, rows: RoleRow[]): Rights | undefined {
  const [first] = rows;
  const roles = rolesFrom(rows);
  const permissions = permissionsIn(actor, scope, roles);
  if (!first || permissions.size === 0) return undefined;
  const { organization, group, now } = first;
  return { organization, group: group?.id ? group : null, roles, permissions, now };
}

/** Like accessIn, and throws `forbidden` if the permission is missing. */
export async function authorize(
  executor: Executor,
  actor: Actor,
  scope: Scope,
  permission: Permission,
  lock = false,
): Promise<Rights> {
  const access = await accessIn(executor, actor, scope, lock);
  if (access.permissions.has(permission)) return access;
  if (permission === "access-tokens:create" && actor.kind === "technical") {
    throw new DomainError("people_only", "Access tokens are created by people, not by access tokens.");
  }
  throw forbidden();
}

function rolesQuery(executor: Executor, actor: Actor, scope: Scope, lock: boolean) {
  const name = `roles_in_${scope.kind}${lock ? "_locked" : ""}`;
  const values = { userId: actor.userId, ownerId: givenId(ownerOf(scope)) };
  return prepared(executor, name, () => selectRoles(executor, scope.kind, lock)).execute(values);
}

function selectRoles(executor: Executor, kind: Scope["kind"], lock: boolean) {
  const inGroup = kind === "group";
  const query = executor
    .select({
      organization: { id: organizations.id, name: organizations.name },
      group: { id: groups.id, name: groups.name, createdAt: groups.createdAt },
      role: memberships.role,
      now: sql`statement_timestamp()`.mapWith(memberships.createdAt),
    })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .leftJoin(groups, inGroup ? eq(groups.organizationId, memberships.organizationId) : sql`false`)
    .where(
      and(
        eq(memberships.userId, sql.placeholder("userId")),
        eq(inGroup ? groups.id : organizations.id, sql.placeholder("ownerId")),
        inGroup ? or(isNull(memberships.groupId), eq(memberships.groupId, groups.id)) : undefined,
      ),
    );
  return lock ? query.for("share", { of: memberships }) : query;
}

function rolesFrom(rows: { role: string }[]): Roles {
  const roles: Roles = {};
  for (const { role } of rows) {
    if (role === "group_admin" || role === "group_user") roles.group = role;
    if (role === "organization_admin" || role === "organization_user") roles.organization = role;
  }
  return roles;
}

function permissionsIn(actor: Actor, scope: Scope, roles: Roles): ReadonlySet<Permission> {
  return scope.kind === "group" ? permissionsInGroup(actor.kind, roles) : permissionsInOrganization(actor.kind, roles);
}
