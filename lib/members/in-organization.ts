import { and, eq, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { type OrganizationRole, organizationRoles, type Role } from "@/db/enums";
import { groups, memberships } from "@/db/schema";
import { recordAuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { revokeInvitationsOf } from "@/lib/invitations/revoke";
import { mutate } from "@/lib/mutate";
import { assertAnotherAdmin, type FoundMember, findMember } from "./member";

export const changeOrganizationRoleInput = z.strictObject({
  role: z.enum(organizationRoles, { error: "Choose a role." }),
});

/**
 * Throws `conflict` for the last organization admin. A demotion revokes the admin's invitations. The current role
 * changes nothing.
 */
export function changeOrganizationRole(
  actor: Actor,
  scope: OrganizationScope,
  userId: string,
  role: OrganizationRole,
): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx) => {
    const member = await findMember(tx, scope, userId);
    if (member.role === role) return { result: undefined };
    if (member.role === "organization_admin") await endAdmin(tx, actor, scope, member);
    await tx.update(memberships).set({ role }).where(eq(memberships.id, member.membershipId));
    const detail = { role, previous_role: member.role };
    return { result: undefined, event: { action: "member.role_changed", subject: member, detail } };
  });
}

/**
 * Ends the person's roles in the organization and in all of its groups, and records it in each group's log. Throws
 * `conflict` for the last admin of the organization or of a group. Keeps what the person created, except open
 * invitations.
 */
export function removeFromOrganization(actor: Actor, scope: OrganizationScope, userId: string): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx, { organization }) => {
    const member = await findMember(tx, scope, userId);
    if (member.role === "organization_admin") await endAdmin(tx, actor, scope, member);
    const roles = await groupRolesOf(tx, member);
    assertNoLastAdmin(member, roles);
    await tx
      .delete(memberships)
      .where(and(eq(memberships.userId, member.id), eq(memberships.organizationId, organization.id)));
    const ended = (role: Role) => ({ action: "member.removed" as const, subject: member, detail: { role } });
    for (const { groupId, role } of roles) {
      await recordAuditEvent(tx, actor, { organizationId: organization.id, groupId }, ended(role));
    }
    return { result: undefined, event: ended(member.role) };
  });
}

async function endAdmin(tx: Tx, actor: Actor, scope: OrganizationScope, member: FoundMember): Promise<void> {
  await assertAnotherAdmin(tx, scope, member);
  await revokeInvitationsOf(tx, actor, member);
}

type GroupMembership = Awaited<ReturnType<typeof groupRolesOf>>[number];

// The organization's row is locked, and every change of a group's members waits for it.
function groupRolesOf(tx: Tx, { id, organizationId }: FoundMember) {
  return tx
    .select({
      groupId: groups.id,
      groupName: groups.name,
      role: memberships.role,
      hasOtherAdmin: sql<boolean>`exists (
        select from memberships other
        where other.organization_id = ${groups.organizationId} and other.group_id = ${groups.id}
          and other.kind = 'person' and other.role = 'group_admin' and other.user_id <> ${id}
      )`,
    })
    .from(memberships)
    .innerJoin(groups, eq(groups.id, memberships.groupId))
    .where(
      and(eq(memberships.userId, id), eq(memberships.organizationId, organizationId), isNotNull(memberships.groupId)),
    )
    .orderBy(groups.nameKey);
}

const namedGroups = 5;

function assertNoLastAdmin(member: FoundMember, roles: GroupMembership[]): void {
  const orphaned = roles.filter(({ role, hasOtherAdmin }) => role === "group_admin" && !hasOtherAdmin);
  if (orphaned.length === 0) return;
  const names = orphaned.slice(0, namedGroups).map(({ groupName }) => `“${groupName}”`);
  if (orphaned.length > namedGroups) names.push(`${orphaned.length - namedGroups} more`);
  throw new DomainError(
    "conflict",
    `${member.name} is the last admin of ${listFormat.format(names)}. Make another person group admin there first.`,
  );
}

const listFormat = new Intl.ListFormat("en-GB");
