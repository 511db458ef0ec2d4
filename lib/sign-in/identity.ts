import { and, eq, isNotNull } from "drizzle-orm";
import { db } from "@/db/client";
import { accounts, sessions, users } from "@/db/schema";
import { recordAccountEvent } from "@/lib/audit/account-event";
import type { Person } from "@/lib/auth/actor";

/** What the identity provider says of who signs in. `emailVerified` is undefined where it doesn't say. */
export type Identity = {
  issuer: string;
  subject: string;
  email: string | undefined;
  emailVerified: boolean | undefined;
};

export type IdentityRefusal = "email_missing" | "email_unverified" | "email_unknown" | "linked_otherwise";

/** The person whose account at the identity provider this is, whatever their e-mail address is there now. */
export async function findPersonByIdentity(issuer: string, subject: string): Promise<Person | undefined> {
  const [person] = await db
    .select(columns)
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.issuer, oneSpelling(issuer)), eq(accounts.subject, subject), eq(users.kind, "person")));
  return person && { kind: "person", ...person };
}

/**
 * Like findPersonByIdentity; an account that is new here is linked once to the person who has its e-mail address. That
 * ends the person's password and sessions: they may be those of someone who never proved the address, as is proved now.
 */
export async function findOrLinkPerson(identity: Identity): Promise<Person | IdentityRefusal> {
  const { issuer, subject } = identity;
  const known = await findPersonByIdentity(issuer, subject);
  if (known) return known;
  if (!identity.email) return "email_missing";
  if (identity.emailVerified === false) return "email_unverified";
  const person = await findPersonByEmail(identity.email);
  if (!person) return "email_unknown";
  if (await link(identity, person)) return person;
  // The same account may have been linked by another request meanwhile.
  return (await findPersonByIdentity(issuer, subject)) ?? "linked_otherwise";
}

/** False where the account, or the person at this issuer, is linked already. */
function link({ issuer, subject }: Identity, person: Person): Promise<boolean> {
  const { userId } = person;
  return db.transaction(async (tx) => {
    const linked = await tx
      .insert(accounts)
      .values({ issuer: oneSpelling(issuer), subject, userId })
      .onConflictDoNothing()
      .returning();
    if (linked.length === 0) return false;
    const withPassword = and(eq(users.id, userId), isNotNull(users.passwordHash));
    const { rowCount: endedPasswords } = await tx.update(users).set({ passwordHash: null }).where(withPassword);
    const { rowCount: endedSessions } = await tx.delete(sessions).where(eq(sessions.userId, userId));
    const detail = {
      issuer: oneSpelling(issuer),
      password: endedPasswords ? "ended" : null,
      ended_sessions: String(endedSessions ?? 0),
    };
    await recordAccountEvent(tx, person, { action: "account.linked", detail });
    return true;
  });
}

async function findPersonByEmail(email: string): Promise<Person | undefined> {
  const [person] = await db
    .select(columns)
    .from(users)
    .where(and(eq(users.email, email.toLowerCase()), eq(users.kind, "person")));
  return person && { kind: "person", ...person };
}

const columns = { userId: users.id, name: users.name };

/** `https://login.example.com` and `https://login.example.com/` are one issuer to the discovery of OpenID Connect. */
export function oneSpelling(issuer: string): string {
  return new URL(issuer).href;
}
