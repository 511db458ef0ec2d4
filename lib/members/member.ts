import { and, eq, isNull, ne, type SQL } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { memberships, users } from "@/db/schema";
import type { Scope } from "@/lib/auth/scope";
import { DomainError, forbidden, notFound } from "@/lib/errors";

export type FoundMember = Awaited<ReturnType<typeof findMember>>;

/** The person with a role in exactly this scope. Throws `not_found`, and `forbidden` for a technical user. */
export async function findMember(tx: Tx, scope: Scope, userId: string) {
  const [member] = await tx
    .select({
      id: users.id,
      name: users.name,
      membershipId: memberships.id,
      organizationId: memberships.organizationId,
      kind: memberships.kind,
      role: memberships.role,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.userId, givenId(userId)), isIn(scope)));
  if (!member) throw notFound("This member");
  if (member.kind === "person") return member;
  throw forbidden("Technical users belong to their access tokens. Revoke or delete the token instead.");
}

/**
 * Throws `conflict` if the admin is the scope's last. The scope's row is locked, so that no other admin can leave or be
 * demoted meanwhile.
 */
export async function assertAnotherAdmin(tx: Tx, scope: Scope, member: FoundMember): Promise<void> {
  const [another] = await tx
    .select({ id: memberships.id })
    .from(memberships)
    .where(
      and(
        eq(memberships.organizationId, member.organizationId),
        isIn(scope),
        eq(memberships.kind, "person"),
        eq(memberships.role, `${scope.kind}_admin`),
        ne(memberships.userId, member.id),
      ),
    )
    .limit(1);
  if (another) return;
  throw new DomainError(
    "conflict",
    `${member.name} is the ${scope.kind}'s last admin. Make another person ${scope.kind} admin first.`,
  );
}

/** Memberships of the scope itself, without those of an organization's groups. */
function isIn(scope: Scope): SQL | undefined {
  if (scope.kind === "group") return eq(memberships.groupId, scope.groupId);
  return and(eq(memberships.organizationId, scope.organizationId), isNull(memberships.groupId));
}
