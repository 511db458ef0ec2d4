import { cookies } from "next/headers";
import { cache } from "react";
import { signInWithPassword } from "@/lib/auth/local-accounts";
import { createSession, deleteSession, findSession, sessionLifetime } from "@/lib/auth/sessions";
import { sessionCookie } from "./session-cookie";
import { tellDatabaseAway } from "./tell-database-away";

/** Who is signed in, asked for once per request. Throws where the database can't be asked, rather than say "nobody". */
export const currentUser = cache(async () => {
  const token = await readToken();
  return token ? tellDatabaseAway(findSession(token)) : undefined;
});

/** Makes a session, of which the browser is still to be told. Ends the one it had. */
export async function beginSession(userId: string): Promise<string> {
  return createSession(userId, await readToken());
}

/** Signs in, and gives the browser its session. For actions and route handlers alone, as is endSession. */
export async function startSession(email: string, password: string): Promise<void> {
  const { session } = await signInWithPassword(email, password, await readToken());
  await writeToken(session, sessionLifetime);
}

export async function endSession(): Promise<void> {
  const token = await readToken();
  if (token) await deleteSession(token);
  await writeToken("", 0);
}

async function readToken(): Promise<string | undefined> {
  return (await cookies()).get(sessionCookie().name)?.value;
}

/** Not `cookies().delete()`: it leaves out Secure, and browsers then ignore it for a `__Host-` cookie. */
async function writeToken(token: string, maxAge: number): Promise<void> {
  const { name, options } = sessionCookie();
  (await cookies()).set(name, token, { ...options, maxAge });
}
