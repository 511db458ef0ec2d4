import type { Page } from "playwright/test";
import { message, openTab, rowOf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { revoke } from "./support/token-acts";
import { renameToken, seedGroupTokens, tokenNames } from "./support/tokens";

test.beforeEach(async ({ tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
});

const bar = (page: Page) => page.getByRole("group", { name: "Selected access tokens" });
const select = (page: Page, name: string) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });

test("several tokens are revoked in one act, which can be undone", async ({ page, tenant }) => {
  const { group } = tenant;
  for (const name of ["alpha", "beta", "gamma"]) await seedGroupTokens(group, 1, { name });
  await seedGroupTokens(group, 1, { name: "revoked", revoked: true });
  await seedGroupTokens(group, 1, { name: "ended", expiresIn: "-1 day" });
  await openTab(page, group);
  for (const name of ["alpha", "beta", "revoked", "ended"]) await select(page, name).check();
  await expect(bar(page)).toContainText("4 selected");
  await bar(page).getByRole("button", { name: "Revoke", exact: true }).click();

  const dialog = page.getByRole("dialog", { name: "Revoke", exact: true });
  await expect(dialog).toContainText("2 access tokens are revoked.");
  await expect(dialog.getByRole("list", { name: "Access tokens to revoke" }).getByRole("listitem")).toHaveText([
    "alpha",
    "beta",
  ]);
  const others = dialog.getByRole("list", { name: "Access tokens to which it does not apply" });
  await expect(others.getByRole("listitem")).toHaveText([
    "ended has expired, so it is refused already.",
    "revoked is revoked already.",
  ]);
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();

  await expect(message(page)).toHaveText("2 access tokens were revoked.");
  await expect(dialog).toBeHidden();
  await expect(bar(page)).toBeHidden();
  await expect(rowOf(page, "alpha").getByRole("button", { name: "Revoked" })).toBeVisible();
  await expect(rowOf(page, "gamma").getByRole("button", { name: "Active" })).toBeVisible();
  // The list's first changed row: it is sorted by creation, newest first.
  await expect(page.getByRole("link", { name: "beta", exact: true })).toBeFocused();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(message(page)).toHaveText("2 access tokens were reactivated.");
  for (const name of ["alpha", "beta"]) {
    await expect(rowOf(page, name).getByRole("button", { name: "Active" })).toBeVisible();
  }
  expect(await tokenNames(group, "revoked")).toEqual(["revoked"]);
});

test("all matching tokens, also those of other pages, are deleted by keyboard alone", async ({ page, tenant }) => {
  const { group } = tenant;
  await seedGroupTokens(group, 24);
  await seedGroupTokens(group, 1, { name: "other" });
  await openTab(page, group);
  const search = page.getByRole("searchbox", { name: "Search access tokens" });
  await search.fill("token-");
  await search.press("Enter");
  await expect(page.getByText("1–20 of 24", { exact: true })).toBeVisible();
  await select(page, "token-00024").press("Space");
  await expect(bar(page)).toContainText("1 selected");
  await bar(page).getByRole("button", { name: "Select all matching" }).press("Enter");
  await expect(bar(page)).toContainText("All 24 matching are selected");
  await expect(select(page, "token-00010")).toBeChecked();
  await bar(page).getByRole("button", { name: "Delete", exact: true }).press("Enter");

  const dialog = page.getByRole("dialog", { name: "Delete", exact: true });
  await expect(dialog).toContainText("24 access tokens are deleted with their settings.");
  await expect(dialog).toContainText("This is permanent and can’t be undone.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(message(page)).toHaveText("24 access tokens were deleted.");
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
  await expect(page.getByRole("heading", { name: "No matching access tokens" })).toBeVisible();
  expect(await tokenNames(group)).toEqual(["other"]);
});

test("after a deletion the focus is on the next row that is left", async ({ page, tenant }) => {
  const { group } = tenant;
  for (const name of ["d", "c", "b", "a"]) await seedGroupTokens(group, 1, { name: `row ${name}` });
  await openTab(page, group);
  for (const name of ["row b", "row c"]) await select(page, name).check();
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(rowOf(page, "row b")).toBeHidden();
  await expect(page.getByRole("link", { name: "row d", exact: true })).toBeFocused();
});

test("nothing is done if a token was changed meanwhile", async ({ page, tenant }) => {
  const { group } = tenant;
  for (const name of ["alpha", "beta"]) await seedGroupTokens(group, 1, { name });
  await openTab(page, group);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await expect(bar(page)).toContainText("2 selected");
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete", exact: true });
  await expect(dialog).toBeVisible();
  await renameToken(group, "beta", "renamed");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("“renamed” has changed meanwhile, so nothing was done.");
  await dialog.getByRole("button", { name: "Reload the list" }).click();
  await expect(rowOf(page, "renamed")).toBeVisible();
  expect(await tokenNames(group)).toEqual(["alpha", "renamed"]);
});

test("a selection ends with its page of the list", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 21);
  await openTab(page, tenant.group);
  await select(page, "token-00020").check();
  await expect(bar(page)).toContainText("The selection ends when you leave this page of the list.");
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(bar(page)).toBeHidden();
  await expect(select(page, "token-00020")).not.toBeChecked();
});

test("a selection does not come back with Back", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 21);
  await openTab(page, tenant.group);
  await select(page, "token-00020").check();
  await expect(bar(page)).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("21–21 of 21").or(page.getByText("21 of 21"))).toBeFocused();
  await page.goBack();
  await expect(page.getByText("1–20 of 21")).toBeVisible();
  await expect(select(page, "token-00020")).not.toBeChecked();
  await expect(bar(page)).toBeHidden();
});

test("of two changes that are asked for at once, the dialog is the later one's, and stays as it is", async ({
  page,
  tenant,
}) => {
  await seedGroupTokens(tenant.group, 1, { name: "active" });
  await seedGroupTokens(tenant.group, 1, { name: "revoked", revoked: true });
  await openTab(page, tenant.group);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const shown = await textsOfDialogs(page);
  const bothAsked = Promise.withResolvers<void>();
  await page.route("**/access-tokens", async (route) => {
    if (route.request().method() === "POST") await bothAsked.promise;
    await route.fallback();
  });
  await bar(page).getByRole("button", { name: "Revoke", exact: true }).click();
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  bothAsked.resolve();
  const dialog = page.getByRole("dialog", { name: "Delete", exact: true });
  await expect(dialog).toContainText("2 access tokens are deleted with their settings. 1 of them is active");
  await expect(dialog).toContainText("None of them was ever used.");
  expect((await shown()).filter((text) => text.includes("1 access token "))).toEqual([]);
});

/** Collects what dialogs have said, also for a moment. */
async function textsOfDialogs(page: Page): Promise<() => Promise<string[]>> {
  const texts = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const look = () => seen.push(document.querySelector("[role=dialog]")?.textContent ?? "");
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  return () => texts.jsonValue();
}

for (const width of [1280, 768, 320]) {
  test(`a message and the bar cover no button of each other at ${width} px`, async ({ page, tenant }) => {
    await seedGroupTokens(tenant.group, 21);
    await page.setViewportSize({ width, height: 700 });
    await openTab(page, tenant.group);
    await revoke(page, "token-00021");
    await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
    await select(page, "token-00020").check();
    for (const name of ["Revoke", "Reactivate", "Delete", "Select all matching", "Clear selection"]) {
      await bar(page).getByRole("button", { name, exact: true }).click({ trial: true });
    }
    await page.getByRole("button", { name: "Undo" }).click({ trial: true });
  });
}

test("Undo is offered again if the server could not be reached", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 2);
  await openTab(page, tenant.group);
  await revoke(page, "token-00001");
  await undoOffline(page);
  await expect(message(page)).toHaveText("“token-00001” is active again.");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await bar(page).getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await undoOffline(page);
  await expect(message(page)).toHaveText("2 access tokens were reactivated.");
});

async function undoOffline(page: Page): Promise<void> {
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeVisible();
  await page.context().setOffline(true);
  await undo.click();
  await expect(message(page)).toContainText("The server could not be reached.");
  await page.context().setOffline(false);
  await undo.click();
}

test("a change that applies to none of the selected says so", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 1, { name: "active" });
  await openTab(page, tenant.group);
  await select(page, "active").check();
  await bar(page).getByRole("button", { name: "Reactivate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Reactivate", exact: true });
  await expect(dialog).toContainText("active is active already.");
  await expect(dialog.getByRole("button", { name: "Reactivate" })).toBeHidden();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(bar(page).getByRole("button", { name: "Reactivate", exact: true })).toBeFocused();
});
