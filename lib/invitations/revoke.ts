import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { invitations } from "@/db/schema";
import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";
import { columns, type Invitation, invitationNotFound, isOpen } from "./invitation";

/** Closes the invitation's link. Throws `not_found` if it is not open. */
export function revokeInvitation(actor: Actor, scope: OrganizationScope, id: string): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx, { organization }) => {
    const [revoked] = await tx
      .delete(invitations)
      .where(and(eq(invitations.id, givenId(id)), eq(invitations.organizationId, organization.id), isOpen))
      .returning(columns);
    if (!revoked) throw invitationNotFound();
    return { result: undefined, event: revocation(revoked) };
  });
}

/**
 * Revokes all invitations of an organization admin, in the transaction that ends their role: otherwise the links would
 * work again if the person became admin again.
 */
export async function revokeInvitationsOf(
  tx: Tx,
  actor: Actor,
  inviter: { id: string; organizationId: string },
): Promise<void> {
  const { id, organizationId } = inviter;
  const revoked = await tx
    .delete(invitations)
    .where(and(eq(invitations.invitedById, id), eq(invitations.organizationId, organizationId), isOpen))
    .returning(columns);
  for (const invitation of revoked) {
    await recordAuditEvent(tx, actor, { organizationId, groupId: null }, revocation(invitation));
  }
}

function revocation({ id, email, role }: Invitation): AuditEvent {
  return { action: "invitation.revoked", subject: { id, name: email }, detail: { role } };
}
