import { and, eq, isNotNull } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { accounts, sessions, users } from "@/db/schema";
import { recordAccountEvent } from "@/lib/audit/account-event";
import type { Person } from "@/lib/auth/actor";

/** The identity provider's claims about the person signing in. `emailVerified` is undefined if the claim is missing. */
export type Identity = {
  issuer: string;
  subject: string;
  email: string | undefined;
  emailVerified: boolean | undefined;
};

const claims = z.object({ sub: z.string(), email: z.string().optional().catch(undefined) });

/**
 * Merges the claims of the ID token and the userinfo endpoint; userinfo wins. `emailVerified` is undefined only if both
 * lack the claim. Only `true`, or `"true"` as some providers write it, counts as verified; if both have it, both must
 * say so.
 */
export function readClaims(idToken: object, userinfo: object): Omit<Identity, "issuer"> {
  const { sub, email } = claims.parse({ ...idToken, ...userinfo });
  const said = [idToken, userinfo].flatMap((given) => ("email_verified" in given ? [given.email_verified] : []));
  const emailVerified = said.length === 0 ? undefined : said.every((value) => value === true || value === "true");
  return { subject: sub, email, emailVerified };
}

export type IdentityRefusal = "email_missing" | "email_unverified" | "email_unknown" | "linked_otherwise";

/** The person linked to this account at the identity provider, whatever e-mail address it has now. */
export async function findPersonByIdentity(issuer: string, subject: string): Promise<Person | undefined> {
  const [person] = await db
    .select(columns)
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.issuer, oneSpelling(issuer)), eq(accounts.subject, subject), eq(users.kind, "person")));
  return person && { kind: "person", ...person };
}

/**
 * Like findPersonByIdentity, but links a new account once to the person with its e-mail address. That ends the person's
 * password and sessions, since they may belong to someone who never proved to own the address.
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
  // Another request may have linked the same account meanwhile.
  return (await findPersonByIdentity(issuer, subject)) ?? "linked_otherwise";
}

/** False if the account, or the person at this issuer, is already linked. */
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

/** OpenID Connect discovery treats `https://login.example.com` and `https://login.example.com/` as one issuer. */
export function oneSpelling(issuer: string): string {
  return new URL(issuer).href;
}
