import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { type GroupRole, groupRoles } from "@/db/enums";
import { memberships, users } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import type { GroupScope } from "@/lib/auth/scope";
import { emailAddress } from "@/lib/email/address";
import { DomainError, invalid } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { assertAnotherAdmin, findMember } from "./member";

const role = z.enum(groupRoles, { error: "Choose a role." });

export const addMemberInput = z.strictObject({
  email: emailAddress,
  role,
});
export const changeMemberRoleInput = z.strictObject({ role });

export type AddMemberInput = z.output<typeof addMemberInput>;

/** Adds a person of the organization with a role. Throws `invalid` on email for a stranger, `conflict` for a member. */
export function addMember(actor: Actor, scope: GroupScope, { email, role }: AddMemberInput): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx, access) => {
    const person = await findPerson(tx, access, email);
    const added = await tx
      .insert(memberships)
      .values({
        organizationId: access.organization.id,
        groupId: scope.groupId,
        userId: person.id,
        kind: "person",
        role,
      })
      .onConflictDoNothing()
      .returning({ id: memberships.id });
    if (added.length === 0) {
      const message = `${person.name} is already a member of this group.`;
      throw new DomainError("conflict", message, { errors: [{ field: "email", message }] });
    }
    return { result: undefined, event: { action: "member.added", subject: person, detail: { role } } };
  });
}

/** Throws `conflict` for the last group admin. The current role changes nothing. */
export function changeMemberRole(actor: Actor, scope: GroupScope, userId: string, role: GroupRole): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx) => {
    const member = await findMember(tx, scope, userId);
    if (member.role === role) return { result: undefined };
    if (member.role === "group_admin") await assertAnotherAdmin(tx, scope, member);
    await tx.update(memberships).set({ role }).where(eq(memberships.id, member.membershipId));
    const detail = { role, previous_role: member.role };
    return { result: undefined, event: { action: "member.role_changed", subject: member, detail } };
  });
}

/** Throws `conflict` for the last group admin. Keeps the access tokens that the person created for the group. */
export function removeMember(actor: Actor, scope: GroupScope, userId: string): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx) => {
    const member = await findMember(tx, scope, userId);
    if (member.role === "group_admin") await assertAnotherAdmin(tx, scope, member);
    await tx.delete(memberships).where(eq(memberships.id, member.membershipId));
    return {
      result: undefined,
      event: { action: "member.removed", subject: member, detail: { role: member.role } },
    };
  });
}

/** The organization's person with this address, locked in the organization until the transaction ends. */
async function findPerson(tx: Tx, { organization }: Rights, email: string): Promise<{ id: string; name: string }> {
  const [person] = await tx
    .select({ id: users.id, name: users.name })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.organizationId, organization.id), isNull(memberships.groupId)))
    .for("key share", { of: memberships });
  if (person) return person;
  throw invalid(
    "email",
    `No member of ${organization.name} has this e-mail address. Ask an organization admin to invite the person first.`,
  );
}
