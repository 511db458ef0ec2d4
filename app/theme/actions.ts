"use server";

import { z } from "zod";
import { keepTheme } from "@/lib/web/theme-cookie";
import { themes } from "./theme";

/** Anybody may call it: the theme is the browser's, not a person's. */
export async function chooseThemeAction(theme: unknown): Promise<void> {
  const chosen = z.enum(themes).safeParse(theme);
  if (chosen.success) await keepTheme(chosen.data === "system" ? undefined : chosen.data);
}
