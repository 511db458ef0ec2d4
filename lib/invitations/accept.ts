import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { db, type Tx } from "@/db/client";
import { invitations, memberships, users } from "@/db/schema";
import { recordAuditEvent } from "@/lib/audit/record";
import type { Person } from "@/lib/auth/actor";
import { DomainError, forbidden, invalid } from "@/lib/errors";
import { tokenName } from "@/lib/names";
import { hashPassword, newPassword } from "@/lib/sign-in/password";
import type { SignedInPerson } from "@/lib/sign-in/sessions";
import { invitationNotFound, isOpenWith } from "./invitation";
import { findInvitation, type InvitationOffer } from "./queries";

/** Name and password that a new person chooses. */
export const newAccountInput = z.strictObject({ name: tokenName.optional(), password: newPassword.optional() });

type NewAccountInput = z.output<typeof newAccountInput>;
type NewAccount = { name: string; passwordHash: string | null };

/**
 * Makes the visitor a member, once. Throws `not_found` for a link that isn't open, `forbidden` for someone signed in
 * with another address, `unauthenticated` if the address has an account, which must sign in to accept.
 */
export async function acceptInvitation(
  secret: string,
  visitor: SignedInPerson | undefined,
  input: NewAccountInput,
): Promise<InvitationOffer> {
  const offer = await findInvitation(secret);
  if (visitor && visitor.email !== offer.email) throw signedInAsSomeoneElse(visitor, offer);
  // Hashed before the transaction, so as not to hold the invitation's lock meanwhile.
  const account = visitor ? undefined : await newAccount(offer, input);
  return db.transaction(async (tx) => {
    await holdOpen(tx, secret);
    const person = visitor ?? (await insertPerson(tx, offer, account));
    await join(tx, offer, person);
    return offer;
  });
}

async function newAccount({ newAccount: offered }: InvitationOffer, input: NewAccountInput): Promise<NewAccount> {
  if (!offered) throw signInFirst();
  if (!input.name) throw invalid("name", "Enter your name.");
  if (offered.password === "none") return { name: input.name, passwordHash: null };
  if (!input.password) throw invalid("password", "Choose a password.");
  return { name: input.name, passwordHash: await hashPassword(input.password) };
}

/** Locks the invitation: a second acceptance waits and then finds it used. */
async function holdOpen(tx: Tx, secret: string): Promise<void> {
  const open = await tx
    .select({ id: invitations.id })
    .from(invitations)
    .where(isOpenWith(secret))
    .for("update", { of: invitations });
  if (open.length === 0) throw invitationNotFound();
}

async function insertPerson(tx: Tx, { email }: InvitationOffer, account: NewAccount | undefined): Promise<Person> {
  if (!account) throw signInFirst();
  const [user] = await tx
    .insert(users)
    .values({ kind: "person", email, ...account })
    .onConflictDoNothing()
    .returning({ userId: users.id, name: users.name });
  // Another invitation of the same person was accepted meanwhile.
  if (!user) throw signInFirst();
  return { kind: "person", ...user };
}

/** Adds the membership if missing, and marks the invitation as accepted. */
async function join(tx: Tx, { id, email, role, organization }: InvitationOffer, person: Person): Promise<void> {
  const { userId } = person;
  const joined = await tx
    .insert(memberships)
    .values({ organizationId: organization.id, userId, kind: "person", role })
    .onConflictDoNothing()
    .returning({ id: memberships.id });
  await tx.update(invitations).set({ acceptedAt: sql`now()`, acceptedById: userId }).where(eq(invitations.id, id));
  const detail = { role: joined.length > 0 ? role : null };
  await recordAuditEvent(
    tx,
    person,
    { organizationId: organization.id, groupId: null },
    { action: "invitation.accepted", subject: { id, name: email }, detail },
  );
}

function signInFirst(): DomainError {
  return new DomainError(
    "unauthenticated",
    "There is already an account with this e-mail address. Sign in with it, then accept the invitation.",
  );
}

function signedInAsSomeoneElse(visitor: SignedInPerson, offer: InvitationOffer): DomainError {
  return forbidden(
    `The invitation is for ${offer.email}, and you are signed in as ${visitor.email}. Sign out, then open the link again.`,
  );
}
