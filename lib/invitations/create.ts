import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { organizationRoles } from "@/db/enums";
import { invitations, memberships, users } from "@/db/schema";
import { hashSecret } from "@/lib/access-tokens/secret";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { emailAddress } from "@/lib/email/address";
import { DomainError } from "@/lib/errors";
import { consume, createLimiter } from "@/lib/limits/rate-limit";
import { mutate } from "@/lib/mutate";
import { columns, generateInvitationSecret, type Invitation, isOpen } from "./invitation";

/** One page lists them all. */
export const maxOpenInvitations = 250;
const lifetime = sql`now() + interval '7 days'`;
const rate = createLimiter("invitations", { points: 100, duration: 60 * 60 });

export const createInvitationInput = z.strictObject({
  email: emailAddress,
  role: z.enum(organizationRoles, { error: "Choose a role." }),
});

type Input = z.output<typeof createInvitationInput>;
export type CreatedInvitation = { invitation: Invitation; organizationName: string; secret: string };

/**
 * Invites a person for seven days, replacing an open invitation for the same address. Only this result has the secret.
 * Throws `conflict` on email for a member, `conflict` if too many are open, and `rate_limited`.
 */
export async function createInvitation(
  actor: Actor,
  scope: OrganizationScope,
  { email, role }: Input,
): Promise<CreatedInvitation> {
  // Authorized first, so that a forbidden attempt does not use up the limit.
  await authorizeCommand(actor, scope, "members:manage");
  await consume(rate, scope.organizationId, "invitations in an hour");
  const secret = generateInvitationSecret();
  return mutate(actor, scope, "members:manage", async (tx, { organization }) => {
    const replaced = await makeWay(tx, organization.id, email);
    await assertNoMember(tx, organization, email);
    await assertRoom(tx, organization.id);
    const [invitation] = await tx
      .insert(invitations)
      .values({
        organizationId: organization.id,
        email,
        role,
        secretHash: hashSecret(secret),
        invitedById: actor.userId,
        expiresAt: lifetime,
      })
      .returning(columns);
    if (!invitation) throw new Error("the invitation was not inserted");
    const subject = { id: invitation.id, name: email };
    return {
      result: { invitation, organizationName: organization.name, secret },
      event: { action: "invitation.created", subject, detail: { role, ...(replaced && { replaces: replaced }) } },
    };
  });
}

/** Deletes the replaced invitation and those that have ended; the audit log keeps them. */
async function makeWay(tx: Tx, organizationId: string, email: string): Promise<string | undefined> {
  const removed = await tx
    .delete(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        isNull(invitations.acceptedAt),
        or(eq(invitations.email, email), lte(invitations.expiresAt, sql`now()`)),
      ),
    )
    .returning(columns);
  return removed.find((invitation) => invitation.email === email)?.id;
}

async function assertNoMember(tx: Tx, organization: { id: string; name: string }, email: string): Promise<void> {
  const [member] = await tx
    .select({ name: users.name })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.organizationId, organization.id), isNull(memberships.groupId)));
  if (!member) return;
  const message = `${member.name} is already a member of ${organization.name}.`;
  throw new DomainError("conflict", message, { errors: [{ field: "email", message }] });
}

// The organization's row is locked, so none is added meanwhile.
async function assertRoom(tx: Tx, organizationId: string): Promise<void> {
  const open = await tx.$count(invitations, and(eq(invitations.organizationId, organizationId), isOpen));
  if (open < maxOpenInvitations) return;
  throw new DomainError(
    "conflict",
    `There are ${maxOpenInvitations} open invitations already. Withdraw some, or wait until some are accepted.`,
  );
}
