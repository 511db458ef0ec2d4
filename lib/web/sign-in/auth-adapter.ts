import type { Adapter, AdapterUser } from "next-auth/adapters";
import { settings } from "@/lib/env";
import { findPersonByIdentity } from "@/lib/sign-in/identity";
import { sessionLifetime } from "@/lib/sign-in/sessions";
import { beginSession } from "@/lib/web/session";

/**
 * The parts of next-auth's adapter that we allow: finding an account's person and creating a session. People join only
 * by invitation, and accounts are linked before next-auth looks them up (auth.ts).
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
  // With an existing session, next-auth would keep its token, or link a stranger's account to its person.
  getSessionAndUser: async () => null,
  createUser: refuse,
  getUser: refuse,
  getUserByEmail: refuse,
  updateUser: refuse,
  linkAccount: refuse,
  updateSession: refuse,
  deleteSession: refuse,
};

/** next-auth reads only the id. */
function adapterUser(id: string): AdapterUser {
  return { id, email: "", emailVerified: null };
}

function refuse(): never {
  throw new Error("next-auth has no business here");
}
