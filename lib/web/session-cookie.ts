import type { IncomingMessage } from "node:http";
import { settings } from "@/lib/env";

export function sessionCookie() {
  const { prefix, options } = hostCookie();
  return { name: `${prefix}authjs.session-token`, options: { ...options, sameSite: "lax" } } as const;
}

/** Makes the browser known to password sign-in. Only our own form uses it, hence `sameSite: "strict"`. */
export function deviceCookie() {
  const { prefix, options } = hostCookie();
  return { name: `${prefix}vehaas.device`, options: { ...options, sameSite: "strict" } } as const;
}

/** Holds no secret, and the page of the API description reads it by script (record 0070). */
export function themeCookie() {
  const { prefix, options } = hostCookie();
  return { name: `${prefix}vehaas.theme`, options: { ...options, httpOnly: false, sameSite: "lax" } } as const;
}

/** With https, the `__Host-` prefix restricts the cookie to this host. */
function hostCookie() {
  const secure = settings().AUTH_URL?.startsWith("https:") ?? false;
  return { prefix: secure ? "__Host-" : "", options: { httpOnly: true, path: "/", secure } } as const;
}

const wellFormed = /^[\w-]{43}$/;

/** The session token in a request to our own server; undefined if it is malformed. */
export function sessionTokenOf(request: IncomingMessage): string | undefined {
  const token = sentValue(sessionCookie(), request);
  return token && wellFormed.test(token) ? token : undefined;
}

export type ChosenTheme = "light" | "dark";

/** The theme that a request's cookie names; undefined for the system's. */
export function themeOf(request: IncomingMessage): ChosenTheme | undefined {
  const theme = sentValue(themeCookie(), request);
  return theme === "light" || theme === "dark" ? theme : undefined;
}

function sentValue({ name }: { name: string }, { headers }: IncomingMessage): string | undefined {
  const prefix = `${name}=`;
  const cookie = headers.cookie?.split(/; */).findLast((pair) => pair.startsWith(prefix));
  return cookie?.slice(prefix.length);
}
