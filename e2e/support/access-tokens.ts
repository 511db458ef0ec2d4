import type { Locator, Page } from "playwright/test";
import { askAs } from "@/testing/api/ask";
import { expect } from "./test";

export const tabOf = (group: { id: string }) => `/groups/${group.id}/access-tokens`;

export async function openTab(page: Page, group: { id: string }): Promise<void> {
  await page.goto(tabOf(group));
  await expect(page.getByRole("tab", { name: "Access Tokens" })).toHaveAttribute("aria-selected", "true");
}

/** Closes a dialog or a menu that has just opened: Radix does not hear Escape until it has rendered it again. */
export async function closeByEscape(layer: Locator): Promise<void> {
  await expect(async () => {
    await layer.page().keyboard.press("Escape");
    await expect(layer).toHaveCount(0, { timeout: 1000 });
  }).toPass();
}

export async function openCreateDialog(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Create Access Token" }).click();
  const dialog = page.getByRole("dialog", { name: "Create Access Token" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Creates a token in the browser, up to the dialog with its secret. */
export async function createToken(
  page: Page,
  name: string,
  { admin = false } = {},
): Promise<{ dialog: Locator; secret: string }> {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill(name);
  await form.getByRole("button", { name: "30 days" }).click();
  if (admin) await form.getByLabel("Admin Role Assignment").check();
  await form.getByRole("button", { name: "Create", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Access Token Created" });
  const secret = await dialog.getByRole("textbox", { name: "Access Token" }).inputValue();
  return { dialog, secret };
}

/** The button beside the secret. The ready lines below it have buttons of the same name. */
export const copyButton = (dialog: Locator) => dialog.getByRole("button", { name: "Copy" }).first();

/** Closes the dialog with a secret that was not copied, which asks once. */
export async function leaveUncopied(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Done" }).click();
  const question = dialog.page().getByRole("dialog", { name: "Close without copying?" });
  await question.getByRole("button", { name: "Close" }).click();
}

/** The one live region. */
export const message = (page: Page) => page.locator('body > div > [role="status"]');

export const rowOf = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

export async function chooseStatusAction(page: Page, name: string, action: string): Promise<void> {
  await rowOf(page, name)
    .getByRole("button", { name: /^(Active|Revoked|Expired)$/ })
    .click();
  await page.getByRole("menuitem", { name: action }).click();
}

/** The API's status for a request with the secret. */
export async function statusOfSelf(secret: string, url = process.env.E2E_URL): Promise<number> {
  const { status } = await askAs(`${url}`, secret, "GET", "/api/v2.0/access-tokens/self");
  return status;
}
