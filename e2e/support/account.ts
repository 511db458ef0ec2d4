import type { Browser, Page } from "playwright/test";
import { createThrottle } from "@/lib/sign-in/throttle";
import { refusalsIn } from "@/testing/refusals";
import { freshPage, newPassword } from "./invitations";
import { signInWithPassword } from "./sign-in";
import { expect } from "./test";

/** Signs the person in with another browser and the password of `setPassword`. */
export async function signInElsewhere(browser: Browser, baseURL: string | undefined, email: string): Promise<Page> {
  const page = await freshPage(browser, baseURL);
  await page.goto("/sign-in");
  await signInWithPassword(page, email, newPassword);
  await expect(page.getByRole("heading", { name: "Groups" })).toBeVisible();
  return page;
}

/** Counts wrong passwords for the e-mail address from this many IPv6 networks, five from each. */
export async function guessFromNetworks(email: string, networks: number): Promise<void> {
  const throttled = createThrottle();
  for (let guess = 0; guess < 5 * networks; guess++) {
    const address = `2001:db8:${(guess % networks).toString(16)}::1`;
    // The last attempts are refused.
    await throttled({ email, address }, async () => undefined).catch(() => {});
  }
}

/** The details of the organization's events with this action. */
export async function detailsIn(organizationId: string, action: Parameters<typeof refusalsIn>[1]) {
  return (await refusalsIn(organizationId, action)).map(({ detail }) => detail);
}
