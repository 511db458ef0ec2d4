import { and, eq } from "drizzle-orm";
import { givenId } from "@/db/ids";
import { invitations } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";
import { columns, invitationNotFound, isOpen } from "./invitation";

/** From now on the link lets nobody in. Throws `not_found` for one that is not open. */
export function revokeInvitation(actor: Actor, scope: OrganizationScope, id: string): Promise<void> {
  return mutate(actor, scope, "members:manage", async (tx, { organization }) => {
    const [revoked] = await tx
      .delete(invitations)
      .where(and(eq(invitations.id, givenId(id)), eq(invitations.organizationId, organization.id), isOpen))
      .returning(columns);
    if (!revoked) throw invitationNotFound();
    const subject = { id: revoked.id, name: revoked.email };
    return { result: undefined, event: { action: "invitation.revoked", subject, detail: { role: revoked.role } } };
  });
}
