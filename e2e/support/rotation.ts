import type { Locator, Page } from "playwright/test";
import { completeRotation } from "@/lib/access-tokens/rotation/end";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import type { TestToken } from "@/testing/access-tokens";
import type { Tenant } from "@/testing/tenant";
import { chooseStatusAction } from "./access-tokens";
import { expect } from "./test";

/** Rotates the token without the page, and returns the new secret. */
export async function rotateElsewhere({ group }: Tenant, { id }: TestToken): Promise<string> {
  const { secret } = await rotateAccessToken(group.admin, id, { oldSecret: "on_first_use" });
  return secret;
}

export async function completeElsewhere({ group }: Tenant, { id }: TestToken): Promise<void> {
  await completeRotation(group.admin, id);
}

export async function openRotateDialog(page: Page, from: TestToken | Page): Promise<Locator> {
  if ("secret" in from) await chooseStatusAction(page, from.name, "Rotate Token");
  else await page.getByRole("button", { name: "Rotate Token", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate Token" });
  await expect(dialog).toBeVisible();
  return dialog;
}

export const rotateButton = (dialog: Locator) => dialog.getByRole("button", { name: "Rotate", exact: true });

/** Sends the form, and returns the dialog with the new secret. */
export async function submitRotation(form: Locator): Promise<{ dialog: Locator; secret: string }> {
  await rotateButton(form).click();
  const dialog = form.page().getByRole("dialog", { name: "Access Token Rotated" });
  const secret = await dialog.getByRole("textbox", { name: "Access Token" }).inputValue();
  return { dialog, secret };
}

export const suffixOf = (secret: string) => `…${secret.slice(-4)}`;

/** The part of the token's page about one of its two secrets. */
export const partOf = (page: Page, secret: "Old secret" | "New secret") =>
  page.getByRole("region", { name: secret, exact: true });

/** The date in so many days in the browser's time zone. */
export function dateIn(page: Page, days: number): Promise<string> {
  return page.evaluate((days) => {
    const today = new Date();
    const day = new Date(Date.UTC(today.getFullYear(), today.getMonth(), today.getDate() + days));
    return day.toISOString().slice(0, 10);
  }, days);
}
