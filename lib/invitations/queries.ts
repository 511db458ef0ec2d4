import { and, desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { invitations, organizations, users } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import type { OrganizationScope } from "@/lib/auth/scope";
import { maxOpenInvitations } from "./create";
import { columns, type Invitation, invitationNotFound, isOpen, isOpenWith } from "./invitation";
import { type PasswordNeed, passwordNeed } from "./password-need";

export type InvitationListItem = Invitation & { invitedBy: { id: string; name: string } };

/** Data for the link's page. `newAccount` is null if a person with the e-mail address exists. */
export type InvitationOffer = Invitation & {
  organization: { id: string; name: string };
  inviterName: string;
  newAccount: { password: PasswordNeed } | null;
};

/** The organization's open invitations, newest first. Not paginated, since their number is limited. */
export async function listInvitations(actor: Actor, scope: OrganizationScope): Promise<InvitationListItem[]> {
  const { organization } = await authorize(db, actor, scope, "members:manage");
  return db
    .select({ ...columns, invitedBy: { id: users.id, name: users.name } })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.invitedById))
    .where(and(eq(invitations.organizationId, organization.id), isOpen))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(maxOpenInvitations);
}

/** The link's open invitation. Throws `not_found` for an unknown, used, expired or revoked one alike. */
export async function findInvitation(secret: string): Promise<InvitationOffer> {
  const [found] = await db
    .select({
      ...columns,
      organization: { id: organizations.id, name: organizations.name },
      inviterName: users.name,
    })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .innerJoin(users, eq(users.id, invitations.invitedById))
    .where(isOpenWith(secret));
  if (!found) throw invitationNotFound();
  const hasAccount = (await db.$count(users, eq(users.email, found.email))) > 0;
  return { ...found, newAccount: hasAccount ? null : { password: passwordNeed() } };
}
