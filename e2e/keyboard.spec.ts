import { openTab, rowOf, statusOfSelf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test("a token can be created, managed and deleted with the keyboard only", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);

  await page.getByRole("button", { name: "Create Access Token" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Token Name")).toBeFocused();
  await page.keyboard.type("by keyboard");
  await tabTo("7 days");
  await page.keyboard.press("Space");
  await tabTo("Create");
  await page.keyboard.press("Enter");

  const secret = page
    .getByRole("dialog", { name: "Access Token Created" })
    .getByRole("textbox", { name: "Access Token" });
  const value = await secret.inputValue();
  await page.keyboard.press("ControlOrMeta+c");
  await tabTo("Done");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "by keyboard" })).toBeFocused();

  for (const [action, after] of [
    ["Revoke Token", "Revoked"],
    ["Reactivate Token", "Active"],
  ] as const) {
    await rowOf(page, "by keyboard")
      .getByRole("button", { name: /^(Active|Revoked)$/ })
      .focus();
    await page.keyboard.press("Enter");
    if (action === "Revoke Token") {
      await expect(page.getByRole("menuitem", { name: "Rotate Token" })).toBeFocused();
      await page.keyboard.press("ArrowDown");
    }
    await expect(page.getByRole("menuitem", { name: action })).toBeFocused();
    await page.keyboard.press("Enter");
    if (action === "Revoke Token") {
      await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    }
    await expect(rowOf(page, "by keyboard").getByRole("button", { name: after })).toBeVisible();
  }
  expect(await statusOfSelf(value)).toBe(200);

  await rowOf(page, "by keyboard").getByRole("button", { name: "Active" }).focus();
  await page.keyboard.press("Enter");
  for (const name of ["Rotate Token", "Revoke Token"]) {
    await expect(page.getByRole("menuitem", { name })).toBeFocused();
    await page.keyboard.press("ArrowDown");
  }
  await expect(page.getByRole("menuitem", { name: "Delete Token" })).toBeFocused();
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Delete Token" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(rowOf(page, "by keyboard").getByRole("button", { name: "Active" })).toBeFocused();

  async function tabTo(name: string): Promise<void> {
    const target = page.getByRole("button", { name, exact: true });
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab never reached “${name}”`);
  }
});

test("arrow keys, Home and End move between a group's tabs, and Enter and Space open them", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.getByRole("tab", { name: "Access Tokens" }).focus();
  for (const [key, name] of [
    ["ArrowLeft", "Members"],
    ["ArrowLeft", "Settings"],
    ["ArrowRight", "Members"],
    ["End", "Settings"],
    ["Home", "Members"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole("tab", { name })).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/groups/${tenant.group.id}`);
  await expect(page.getByRole("tabpanel", { name: "Members" })).toBeVisible();

  await page.getByRole("tab", { name: "Members" }).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Space");
  await expect(page).toHaveURL(`/groups/${tenant.group.id}/settings`);
  await expect(page.getByRole("tab", { selected: true })).toHaveText("Settings");
});

test("the first Tab focuses the link that skips to the content", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});

test("an element focused before hydration keeps the focus", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 1, { name: "early" });
  await signInAs(tenant.group.admin);
  const scripts = Promise.withResolvers<void>();
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await scripts.promise;
    await route.continue();
  });
  await page.goto(`/groups/${tenant.group.id}/access-tokens`, { waitUntil: "commit" });
  await rowOf(page, "early").getByRole("button", { name: "Active" }).focus();
  scripts.resolve();
  await expect(async () => {
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Revoke Token" })).toBeVisible({ timeout: 300 });
  }).toPass();
});
