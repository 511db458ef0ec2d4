import type { Adapter, AdapterUser } from "next-auth/adapters";
import { settings } from "@/lib/env";
import { findPersonByIdentity } from "@/lib/sign-in/identity";
import { sessionLifetime } from "@/lib/sign-in/sessions";
import { beginSession } from "@/lib/web/session";

/**
 * What next-auth may do with our tables: find the person of an account, and make a session. People are invited, not
 * made by signing in, and accounts are linked before next-auth comes to it (auth.ts).
 */
export const adapter: Adapter = {
  getUserByAccount: async ({ providerAccountId }) => {
    const person = await findPersonByIdentity(settings().OIDC_ISSUER ?? "", providerAccountId);
    return person ? adapterUser(person.userId) : null;
  },
  createSession: async ({ userId }) => {
    const sessionToken = await beginSession(userId);
    return { sessionToken, userId, expires: new Date(Date.now() + sessionLifetime * 1000) };
  },
  // Where it found a session, next-auth would keep its token, or link a stranger's account to its person.
  getSessionAndUser: async () => null,
  createUser: refuse,
  getUser: refuse,
  getUserByEmail: refuse,
  updateUser: refuse,
  linkAccount: refuse,
  updateSession: refuse,
  deleteSession: refuse,
};

/** next-auth reads no more of it than the id. */
function adapterUser(id: string): AdapterUser {
  return { id, email: "", emailVerified: null };
}

function refuse(): never {
  throw new Error("next-auth has no business here");
}
