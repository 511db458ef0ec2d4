import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { deviceLifetime, withDevice } from "@/lib/sign-in/device-cookie";
import { signInWithPassword } from "@/lib/sign-in/local-accounts";
import {
  createSessionByProvider,
  findSession,
  type SignedInPerson,
  sessionLifetime,
  signOut,
} from "@/lib/sign-in/sessions";
import { signInPath } from "./callback-path";
import { deviceCookie, sessionCookie } from "./session-cookie";
import { tellDatabaseAway } from "./tell-database-away";

type Cookie = ReturnType<typeof sessionCookie> | ReturnType<typeof deviceCookie>;

/** Who is signed in, asked for once per request. Throws where the database can't be asked, rather than say "nobody". */
export const currentUser = cache(async () => {
  const token = await readToken();
  return token ? tellDatabaseAway(findSession(token)) : undefined;
});

/** Makes a session, of which the browser is still to be told. Ends the one it had. */
export async function beginSession(userId: string): Promise<string> {
  return createSessionByProvider(userId, await readToken());
}

/** Signs in, and gives the browser its session. For actions and route handlers alone, as are those below. */
export async function startSession(email: string, password: string): Promise<void> {
  const browser = { session: await readToken(), device: await readCookie(deviceCookie()) };
  await keep(await signInWithPassword(email, password, browser));
}

/** Gives the browser the tokens that take the place of its own. */
export async function keep({ session, device }: { session: string; device: string }): Promise<void> {
  await writeCookie(sessionCookie(), session, sessionLifetime);
  const devices = withDevice(await readCookie(deviceCookie()), device);
  await writeCookie(deviceCookie(), devices, deviceLifetime);
}

/** The browser stays known: who signs out here signs in here again. */
export async function endSession(): Promise<void> {
  const token = await readToken();
  if (token) await signOut(token);
  await writeCookie(sessionCookie(), "", 0);
}

/** The token of the browser's session, for what is done to the others. Undefined where it has none. */
export async function readToken(): Promise<string | undefined> {
  return readCookie(sessionCookie());
}

async function readCookie({ name }: Cookie): Promise<string | undefined> {
  return (await cookies()).get(name)?.value;
}

/** Not `cookies().delete()`: it leaves out Secure, and browsers then ignore it for a `__Host-` cookie. */
async function writeCookie({ name, options }: Cookie, value: string, maxAge: number): Promise<void> {
  (await cookies()).set(name, value, { ...options, maxAge });
}

/** The person who is signed in, for pages and actions; others are sent to the sign-in page, and back afterwards. */
export async function requireUser(): Promise<SignedInPerson> {
  const user = await currentUser();
  if (user) return user;
  // Set by our own server, which lets no client's through.
  redirect(signInPath((await headers()).get("x-pathname")));
}
