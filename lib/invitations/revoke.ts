import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { invitations } from "@/db/schema";
import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";
import { columns, type Invitation, invitationNotFound, isOpen } from "./invitation";

/** From now on the link lets nobody in. Throws `not_found` for one that is not open. */
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
 * The same for all that an organization admin has invited, within the command that ends the admin's role: else their
 * links, which open nothing meanwhile, would be good again once the person is admin again.
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
