import { cookies } from "next/headers";
import { requestContext } from "@/lib/request-context";
import { type ChosenTheme, themeCookie } from "./session-cookie";

const lifetime = 365 * 24 * 60 * 60;

/** The theme that the browser's cookie names; undefined for the system's. Next's `cookies()` would have to be awaited. */
export function keptTheme(): ChosenTheme | undefined {
  return requestContext()?.theme;
}

/** Sets the cookie, or removes it. Only for actions. */
export async function keepTheme(theme: ChosenTheme | undefined): Promise<void> {
  const { name, options } = themeCookie();
  (await cookies()).set(name, theme ?? "", { ...options, maxAge: theme ? lifetime : 0 });
  // The action's answer contains the page.
  const request = requestContext();
  if (request) request.theme = theme;
}
