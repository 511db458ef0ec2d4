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

/** The signed-in person, looked up once per request. Throws if the database is unreachable. */
export const currentUser = cache(async () => {
  const token = await readToken();
  return token ? tellDatabaseAway(findSession(token)) : undefined;
});

/** Creates a session and ends the browser's previous one. The caller sets the cookie. */
export async function beginSession(userId: string): Promise<string> {
  return createSessionByProvider(userId, await readToken());
}

/** Signs in and sets the session's cookies. Only for actions and route handlers, like the functions below. */
export async function startSession(email: string, password: string): Promise<void> {
  const browser = { session: await readToken(), device: await readCookie(deviceCookie()) };
  await keep(await signInWithPassword(email, password, browser));
}

/** Sets the cookies for the new tokens. */
export async function keep({ session, device }: { session: string; device: string }): Promise<void> {
  await writeCookie(sessionCookie(), session, sessionLifetime);
  const devices = withDevice(await readCookie(deviceCookie()), device);
  await writeCookie(deviceCookie(), devices, deviceLifetime);
}

/** Keeps the device cookie, since the person will sign in here again. */
export async function endSession(): Promise<void> {
  const token = await readToken();
  if (token) await signOut(token);
  await writeCookie(sessionCookie(), "", 0);
}

/** The browser's session token, for commands on the other sessions. Undefined if it has none. */
export async function readToken(): Promise<string | undefined> {
  return readCookie(sessionCookie());
}

async function readCookie({ name }: Cookie): Promise<string | undefined> {
  return (await cookies()).get(name)?.value;
}

/** `cookies().delete()` leaves out Secure, and browsers then ignore it for a `__Host-` cookie. */
async function writeCookie({ name, options }: Cookie, value: string, maxAge: number): Promise<void> {
  (await cookies()).set(name, value, { ...options, maxAge });
}

/** The signed-in person, for pages and actions. Redirects anyone else to the sign-in page, and back afterwards. */
export async function requireUser(): Promise<SignedInPerson> {
  const user = await currentUser();
  if (user) return user;
  // Set by our own server, which removes a client's header of this name.
  redirect(signInPath((await headers()).get("x-pathname")));
}
