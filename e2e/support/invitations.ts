import { eq } from "drizzle-orm";
import type { Browser, Page } from "playwright/test";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { hashPassword } from "@/lib/sign-in/password";
import { createTenant, type Tenant } from "@/testing/tenant";
import { expect } from "./test";

export { endInvitation, invite, newEmail } from "@/testing/invitations";
export { startMailServer } from "@/testing/stand-ins/mail-server";

export const newPassword = "a password of one’s own";

/** Sets the person's password for the sign-in form. */
export async function setPassword({ userId }: { userId: string }): Promise<void> {
  const passwordHash = await hashPassword(newPassword);
  await db.update(users).set({ passwordHash }).where(eq(users.id, userId));
}

/** A second organization, besides the fixture's. */
export function otherTenant(): Promise<Tenant> {
  return createTenant();
}

/** Invites on the organization's Members page; returns the dialog with the result. */
export async function inviteOnPage(page: Page, { organization }: Tenant, email: string, origin = "") {
  await page.goto(`${origin}/organizations/${organization.id}/members`);
  await page.getByRole("button", { name: "Invite Member" }).click();
  const form = page.getByRole("dialog", { name: "Invite Member" });
  await form.getByLabel("Email").fill(email);
  await form.getByLabel("Role").selectOption("Organization user");
  await form.getByRole("button", { name: "Invite", exact: true }).click();
  return page.getByRole("dialog", { name: "Invitation Created" });
}

/** A page in a new browser context without cookies. */
export async function freshPage(browser: Browser, baseURL: string | undefined): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  return context.newPage();
}

export async function acceptAsNew(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(newPassword);
  await page.getByRole("button", { name: "Accept Invitation" }).click();
  await expect(page.getByText("You are now a member of")).toBeVisible();
}
