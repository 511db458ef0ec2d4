import { and, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import type { Role } from "@/db/enums";
import { givenId } from "@/db/ids";
import { groups, memberships, organizations } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { accessIn, authorize, type Permission, type Rights } from "@/lib/auth/authorize";
import { groupScope } from "@/lib/auth/scope";
import { decodeCursor, type Page, pageOf, textPlace } from "@/lib/cursor";
import { notFound } from "@/lib/errors";
import { type ListMembers, type Member, membersIn } from "@/lib/members/list";

export type { Member } from "@/lib/members/list";

export type Group = { id: string; name: string; organizationId: string; createdAt: Date };
/** `role` is the actor's own in the group; null if the actor sees it as an organization admin. */
export type GroupListItem = Group & { organizationName: string; role: Role | null };
export type GroupDetail = Group & {
  organization: { id: string; name: string };
  role: Role | null;
  permissions: ReadonlySet<Permission>;
};

export type ListGroups = { limit?: number; cursor?: string; organizationId?: string };

/** The groups that the actor may see, in one organization or in all, by organization, then by name. */
export async function listGroups(
  actor: Actor,
  { limit = 20, cursor, organizationId }: ListGroups = {},
): Promise<Page<GroupListItem>> {
  const from = cursor ? decodeCursor(cursor, groupPlace) : undefined;
  const found = await db
    .select({
      group: { ...columns, organizationName: organizations.name, role: ownRole },
      organizationKey,
      nameKey: groups.nameKey,
    })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .innerJoin(groups, and(eq(groups.organizationId, memberships.organizationId), isSeenBy(actor)))
    .where(
      and(
        eq(memberships.userId, actor.userId),
        organizationId === undefined ? undefined : eq(memberships.organizationId, givenId(organizationId)),
        from && afterGroup(from),
      ),
    )
    .groupBy(groups.id, organizations.id)
    .orderBy(organizationKey, organizations.id, groups.nameKey)
    .limit(limit + 1);
  const { items, nextCursor } = pageOf(found, limit, (row) => [
    "groups",
    row.organizationKey,
    row.group.organizationId,
    row.nameKey,
  ]);
  return { items: items.map(({ group }) => group), nextCursor };
}

/** Throws `not_found` for an unknown id, and if the actor may not see the group. */
export async function getGroup(actor: Actor, groupId: string): Promise<GroupDetail> {
  return groupOf(await accessIn(db, actor, groupScope(groupId)));
}

/** The group of the rights. Throws `not_found` if they are for an organization. */
export function groupOf({ organization, group, roles, permissions }: Rights): GroupDetail {
  if (!group) throw notFound("This group");
  return { ...group, organizationId: organization.id, organization, role: roles.group ?? null, permissions };
}

/** People first, then technical users, each in order of creation. */
export async function listMembers(actor: Actor, groupId: string, page: ListMembers = {}): Promise<Page<Member>> {
  return membersIn(await authorize(db, actor, groupScope(groupId), "group:read"), page);
}

const columns = {
  id: groups.id,
  name: groups.name,
  organizationId: groups.organizationId,
  createdAt: groups.createdAt,
};
export const organizationKey = sql<string>`lower(${organizations.name}) collate "C"`;
const ownRole = sql<Role | null>`max(${memberships.role}) filter (where ${memberships.groupId} is not null)`;

const groupPlace = z.tuple([z.literal("groups"), textPlace, textPlace, textPlace]);

/** `permissionsInGroup` as a condition: a membership of the group, or an admin's of its organization. */
export function isSeenBy(actor: Actor): SQL | undefined {
  const reachesAll = actor.kind === "technical" ? undefined : eq(memberships.role, "organization_admin");
  return or(eq(memberships.groupId, groups.id), and(isNull(memberships.groupId), reachesAll));
}

function afterGroup([, organizationName, organizationId, nameKey]: z.output<typeof groupPlace>): SQL {
  return sql`(${organizationKey}, ${organizations.id}, ${groups.nameKey})
    > (${organizationName} collate "C", ${organizationId}, ${nameKey} collate "C")`;
}
