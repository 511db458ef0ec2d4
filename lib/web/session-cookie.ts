import type { IncomingMessage } from "node:http";
import { settings } from "@/lib/env";

export function sessionCookie() {
  const { prefix, options } = hostCookie();
  return { name: `${prefix}authjs.session-token`, options: { ...options, sameSite: "lax" } } as const;
}

/** What makes the browser known to password sign-in. It is of use to our own form alone. */
export function deviceCookie() {
  const { prefix, options } = hostCookie();
  return { name: `${prefix}vehaas.device`, options: { ...options, sameSite: "strict" } } as const;
}

/** Behind https the browser takes the cookie from this host alone, and sends it there alone. */
function hostCookie() {
  const secure = settings().AUTH_URL?.startsWith("https:") ?? false;
  return { prefix: secure ? "__Host-" : "", options: { httpOnly: true, path: "/", secure } } as const;
}

const wellFormed = /^[\w-]{43}$/;

/** The session token that a request to our own server brings; undefined where it can't be one. */
export function sessionTokenOf({ headers }: IncomingMessage): string | undefined {
  const prefix = `${sessionCookie().name}=`;
  const cookie = headers.cookie?.split(/; */).findLast((pair) => pair.startsWith(prefix));
  const token = cookie?.slice(prefix.length);
  return token && wellFormed.test(token) ? token : undefined;
}
