import {
  closeByEscape,
  copyButton,
  createToken,
  message,
  openCreateDialog,
  openTab,
  rowOf,
} from "./support/access-tokens";
import { expect, test } from "./support/test";

test.beforeEach(async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
});

test("a copied token takes a name and three clicks", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(countClicks);
  await page.getByRole("button", { name: "Create Access Token" }).click();
  // The field has the focus: typing needs no click.
  await expect(page.getByLabel("Token Name")).toBeFocused();
  await page.keyboard.type("in three clicks");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Access Token Created" });
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^vhg_/);
  expect(await page.evaluate(() => document.documentElement.dataset.clicks)).toBe("3");
});

test("a copied token takes a name and three keys", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(countKeys);
  await page.getByRole("button", { name: "Create Access Token" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Token Name")).toBeFocused();
  await page.keyboard.type("in three keys");
  await page.keyboard.press("Enter");
  const secret = page.getByRole("textbox", { name: "Access Token" });
  await expect(secret).toBeFocused();
  await page.keyboard.press("ControlOrMeta+c");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await secret.inputValue());
  expect(await page.evaluate(() => document.documentElement.dataset.keys)).toBe("3");
});

test("30 days are chosen at the start, and shown as chosen in forced colours too", async ({ page }) => {
  const form = await openCreateDialog(page);
  const chosen = form.getByRole("button", { pressed: true });
  await expect(chosen).toHaveText("30 days");
  const colors = async (name: string) =>
    form.getByRole("button", { name }).evaluate((element) => {
      const { backgroundColor, borderColor } = getComputedStyle(element);
      return { backgroundColor, borderColor };
    });
  for (const forcedColors of ["none", "active"] as const) {
    await page.emulateMedia({ forcedColors });
    const [pressed, other] = [await colors("30 days"), await colors("60 days")];
    expect(pressed.backgroundColor).not.toBe(other.backgroundColor);
    expect(pressed.borderColor).not.toBe(other.borderColor);
  }
});

test("the error of the date is directly below the field", async ({ page }) => {
  const form = await openCreateDialog(page);
  const date = form.getByLabel("Expiration Date");
  await date.fill("");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  // The dialog moves when the error appears.
  await expect(form.getByText("Choose an expiration date.")).toBeVisible();
  const field = await date.boundingBox();
  const error = await form.getByText("Choose an expiration date.").boundingBox();
  if (!field || !error) throw new Error("the field or its error is not shown");
  expect(error.y - (field.y + field.height)).toBeLessThan(16);
});

test("a description is stored with the token, and one of two lines is refused and kept", async ({ page }) => {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("described");
  await form.getByLabel("Description").fill("x".repeat(501));
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByLabel("Description")).toHaveAccessibleDescription(/Use at most 500 characters\./);
  await expect(form.getByLabel("Description")).toHaveValue("x".repeat(501));
  await form.getByLabel("Description").fill("  Bench 07, nightly ");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Access Token Created" });
  await dialog.getByRole("textbox", { name: "Access Token" }).press("ControlOrMeta+c");
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: "described" }).click();
  await expect(page.getByText("Bench 07, nightly", { exact: true })).toBeVisible();
});

test("Escape asks where something was typed, and closes an untouched form at once", async ({ page }) => {
  await closeByEscape(await openCreateDialog(page));

  const form = await openCreateDialog(page);
  await form.getByLabel("Description").fill("half a thought");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await expect(question.getByRole("button", { name: "Go back" })).toBeFocused();
  await closeByEscape(question);
  await expect(form.getByLabel("Description")).toHaveValue("half a thought");
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create Access Token" })).toBeFocused();
});

test("after Done the creation is announced, and the new row is marked and has the focus", async ({ page }) => {
  const { dialog } = await createToken(page, "brand new");
  await dialog.getByRole("textbox", { name: "Access Token" }).press("ControlOrMeta+c");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(message(page)).toHaveText("“brand new” was created.");
  await expect(page.getByRole("link", { name: "brand new" })).toBeFocused();
  await expect(rowOf(page, "brand new")).toContainText("New");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(message(page)).toHaveText("");
  await page.getByLabel("Status").selectOption("Active");
  await expect(page).toHaveURL(/status=active/);
  await expect(rowOf(page, "brand new")).not.toContainText("New");
});

function countClicks(): void {
  const count = { clicks: 0 };
  document.addEventListener("click", () => {
    count.clicks += 1;
    document.documentElement.dataset.clicks = String(count.clicks);
  });
}

/** Counts presses of keys that type no text: Enter, Tab, and keys with Control or Meta. */
function countKeys(): void {
  const count = { keys: 0 };
  const isTyped = ({ key, ctrlKey, metaKey }: KeyboardEvent) => key.length === 1 && !ctrlKey && !metaKey;
  document.addEventListener(
    "keydown",
    (event) => {
      if (isTyped(event) || event.key === "Control" || event.key === "Meta") return;
      count.keys += 1;
      document.documentElement.dataset.keys = String(count.keys);
    },
    true,
  );
}
