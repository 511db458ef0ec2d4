import type { BrowserContext, Page } from "playwright/test";
import { signOut } from "@/lib/sign-in/sessions";
import { expect } from "./test";

export async function signInWithPassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function expectSignInPage(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

export async function sessionCookie(context: BrowserContext) {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name === "authjs.session-token");
}

/** Ends the browser's session only on the server. */
export async function endSessionOf(context: BrowserContext): Promise<void> {
  await signOut((await sessionCookie(context))?.value ?? "");
}
