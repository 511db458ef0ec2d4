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

/** The session's token that a request brings, outside of Next. */
export function sessionTokenOf({ headers }: IncomingMessage): string | undefined {
  const start = `${sessionCookie().name}=`;
  const pair = headers.cookie?.split(";").find((one) => one.trimStart().startsWith(start));
  return pair?.trim().slice(start.length) || undefined;
}
