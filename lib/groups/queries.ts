import { and, asc, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { type Role, type UserKind, userKinds } from "@/db/enums";
import { groups, memberships, organizations, users } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { accessIn, authorize, type Permission } from "@/lib/auth/authorize";
import { groupScope } from "@/lib/auth/scope";
import { decodeCursor, type Page, pageOf, textPlace } from "@/lib/cursor";
import { notFound } from "@/lib/errors";

export type Group = { id: string; name: string; organizationId: string; createdAt: Date };
/** `role` is the actor's own in the group, null where the actor sees it through the organization. */
export type GroupListItem = Group & { organizationName: string; role: Role | null };
export type GroupDetail = Group & {
  organization: { id: string; name: string };
  permissions: ReadonlySet<Permission>;
};
/** `email` is null for technical users. */
export type Member = {
  user: { id: string; name: string };
  kind: UserKind;
  role: Role;
  email: string | null;
  createdAt: Date;
};

/** The groups that the actor may see, by organization, then by name. */
export async function listGroups(
  actor: Actor,
  { limit = 20, cursor }: { limit?: number; cursor?: string } = {},
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
    .where(and(eq(memberships.userId, actor.userId), from && afterGroup(from)))
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

/** Throws `not_found` where the actor may not see the group, as for an unknown id. */
export async function getGroup(actor: Actor, groupId: string): Promise<GroupDetail> {
  const { organization, permissions } = await accessIn(db, actor, groupScope(groupId));
  const [group] = await db.select(columns).from(groups).where(eq(groups.id, groupId));
  if (!group) throw notFound("This group");
  return { ...group, organization, permissions };
}

/** People first, then technical users, each in the order in which they came to be. */
export async function listMembers(
  actor: Actor,
  groupId: string,
  { limit = 20, cursor, kind }: { limit?: number; cursor?: string; kind?: UserKind } = {},
): Promise<Page<Member>> {
  const { organization } = await authorize(db, actor, groupScope(groupId), "group:read");
  const from = cursor ? decodeCursor(cursor, memberPlace) : undefined;
  const found = await db
    .select({
      user: { id: users.id, name: users.name },
      kind: memberships.kind,
      role: memberships.role,
      email: users.email,
      createdAt: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, organization.id),
        eq(memberships.groupId, groupId),
        kind && eq(memberships.kind, kind),
        from && sql`(${memberships.kind}, ${memberships.userId}) > (${from[1]}, ${from[2]})`,
      ),
    )
    .orderBy(asc(memberships.kind), asc(memberships.userId))
    .limit(limit + 1);
  return pageOf(found, limit, (member) => ["members", member.kind, member.user.id]);
}

const columns = {
  id: groups.id,
  name: groups.name,
  organizationId: groups.organizationId,
  createdAt: groups.createdAt,
};
const organizationKey = sql<string>`lower(${organizations.name}) collate "C"`;
const ownRole = sql<Role | null>`max(${memberships.role}) filter (where ${memberships.groupId} is not null)`;

const groupPlace = z.tuple([z.literal("groups"), textPlace, textPlace, textPlace]);
const memberPlace = z.tuple([z.literal("members"), z.enum(userKinds), textPlace]);

/** What `permissionsInGroup` says, as a condition: a membership of the group, or one that reaches all of its organization. */
function isSeenBy(actor: Actor): SQL | undefined {
  const reachesAll = actor.kind === "technical" ? undefined : eq(memberships.role, "organization_admin");
  return or(eq(memberships.groupId, groups.id), and(isNull(memberships.groupId), reachesAll));
}

function afterGroup([, organizationName, organizationId, nameKey]: z.output<typeof groupPlace>): SQL {
  return sql`(${organizationKey}, ${organizations.id}, ${groups.nameKey})
    > (${organizationName} collate "C", ${organizationId}, ${nameKey} collate "C")`;
}
