import { cookies } from "next/headers";
import { themeCookie } from "./session-cookie";

type ChosenTheme = "light" | "dark";

const lifetime = 365 * 24 * 60 * 60;

/** The theme that the browser's cookie names; undefined for the system's. */
export async function keptTheme(): Promise<ChosenTheme | undefined> {
  const value = (await cookies()).get(themeCookie().name)?.value;
  return value === "light" || value === "dark" ? value : undefined;
}

/** Sets the cookie, or removes it. Only for actions. */
export async function keepTheme(theme: ChosenTheme | undefined): Promise<void> {
  const { name, options } = themeCookie();
  (await cookies()).set(name, theme ?? "", { ...options, maxAge: theme ? lifetime : 0 });
}
