import type { IncomingMessage } from "node:http";
import { settings } from "@/lib/env";

/** Behind https the browser takes the cookie from this host alone, and sends it there alone. */
export function sessionCookie() {
  const secure = settings().AUTH_URL?.startsWith("https:") ?? false;
  return {
    name: `${secure ? "__Host-" : ""}authjs.session-token`,
    options: { httpOnly: true, sameSite: "lax", path: "/", secure },
  } as const;
}

const wellFormed = /^[\w-]{43}$/;

/** The session token that a request to our own server brings; undefined where it can't be one. */
export function sessionTokenOf({ headers }: IncomingMessage): string | undefined {
  const prefix = `${sessionCookie().name}=`;
  const cookie = headers.cookie?.split(/; */).findLast((pair) => pair.startsWith(prefix));
  const token = cookie?.slice(prefix.length);
  return token && wellFormed.test(token) ? token : undefined;
}
