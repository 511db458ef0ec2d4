import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { Role } from "@/db/enums";
import { groups, memberships, organizations } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { accessIn, authorize, type Permission, type Rights } from "@/lib/auth/authorize";
import { type OrganizationScope, organizationScope } from "@/lib/auth/scope";
import type { Page } from "@/lib/cursor";
import { notFound } from "@/lib/errors";
import { type GroupListItem, isSeenBy, type ListGroups, listGroups, organizationKey } from "@/lib/groups/queries";

type Organization = { id: string; name: string; createdAt: Date };
export type OrganizationDetail = Organization & { permissions: ReadonlySet<Permission> };
/** `role` is the actor's own in the organization. */
export type OrganizationListItem = Organization & { role: Role | null; hasVisibleGroups: boolean };

/** Throws `not_found` for an unknown id, and if the actor may not see the organization. */
export async function getOrganization(actor: Actor, organizationId: string): Promise<OrganizationDetail> {
  const { permissions } = await accessIn(db, actor, organizationScope(organizationId));
  const [organization] = await db.select(columns).from(organizations).where(eq(organizations.id, organizationId));
  if (!organization) throw notFound("This organization");
  return { ...organization, permissions };
}

/** The organization of the rights. Throws `not_found` if they are for a group. */
export function organizationOf({ organization, group, permissions }: Rights): Omit<OrganizationDetail, "createdAt"> {
  if (group) throw notFound("This organization");
  return { ...organization, permissions };
}

/** The organizations in which the actor has a role, by name. Not paginated, since they are few. */
export function listOrganizations(actor: Actor): Promise<OrganizationListItem[]> {
  return db
    .select({ ...columns, role: ownRole, hasVisibleGroups: sql<boolean>`bool_or(${groups.id} is not null)` })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .leftJoin(groups, and(eq(groups.organizationId, memberships.organizationId), isSeenBy(actor)))
    .where(eq(memberships.userId, actor.userId))
    .groupBy(organizations.id)
    .orderBy(organizationKey, organizations.id);
}

/** The organization's groups that the actor may see, by name. */
export async function listOrganizationGroups(
  actor: Actor,
  scope: OrganizationScope,
  page: Omit<ListGroups, "organizationId"> = {},
): Promise<Page<GroupListItem>> {
  await authorize(db, actor, scope, "organization:read");
  return listGroups(actor, { ...page, organizationId: scope.organizationId });
}

const columns = { id: organizations.id, name: organizations.name, createdAt: organizations.createdAt };
const ownRole = sql<Role | null>`max(${memberships.role}) filter (where ${memberships.groupId} is null)`;
