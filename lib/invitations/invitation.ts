import { and, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { OrganizationRole } from "@/db/enums";
import { invitations } from "@/db/schema";
import { hashSecret, randomBase62 } from "@/lib/access-tokens/secret";
import { notFound } from "@/lib/errors";

export type Invitation = { id: string; email: string; role: OrganizationRole; expiresAt: Date };

export const columns = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  expiresAt: invitations.expiresAt,
};

/** Not accepted, not expired, and the inviter may still invite: a removed admin's links must not stay usable. */
export const isOpen: SQL | undefined = and(
  isNull(invitations.acceptedAt),
  gt(invitations.expiresAt, sql`now()`),
  sql`exists (
    select from memberships inviter
    where inviter.user_id = ${invitations.invitedById} and inviter.organization_id = ${invitations.organizationId}
      and inviter.group_id is null and inviter.role = 'organization_admin'
  )`,
);

const secretLength = 43;
const secretShape = /^[0-9A-Za-z]{43}$/;

/** 256 random bits, in characters that need no escaping in a path. */
export function generateInvitationSecret(): string {
  return randomBase62(secretLength);
}

/** Matches a link's open invitation. Throws `not_found` without a query if the secret is malformed. */
export function isOpenWith(secret: string): SQL | undefined {
  if (!secretShape.test(secret)) throw invitationNotFound();
  return and(eq(invitations.secretHash, hashSecret(secret)), isOpen);
}

export function invitationNotFound() {
  return notFound("This invitation");
}
