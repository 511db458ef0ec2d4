import { openTab, rowOf, tabOf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test.beforeEach(async ({ tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
});

test("search, filter, sort and page are in the URL, and survive a reload", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 45);
  await openTab(page, tenant.group);
  await expect(page.getByRole("row")).toHaveCount(21);

  await page.getByRole("button", { name: "Name" }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("row").nth(1)).toContainText("token-00001");

  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("token-00021");
  await page.reload();
  await expect(page.getByRole("row").nth(1)).toContainText("token-00021");
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("token-00001");

  await page.getByLabel("Search access tokens").fill("OKEN-0003");
  await page.getByLabel("Search access tokens").press("Enter");
  await expect(page).toHaveURL(/search=OKEN-0003/);
  await expect(page.getByRole("row")).toHaveCount(11);

  await page.getByLabel("Status").selectOption("Revoked");
  await expect(page).toHaveURL(/status=revoked/);
  await expect(page.getByRole("heading", { name: "No matching access tokens" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("row")).toHaveCount(11);
});

test("a URL with a broken cursor, sort or status shows the first page", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 3);
  const answer = await page.goto(`${tabOf(tenant.group)}?cursor=%00nonsense&sort=secret_hash&status=x&search=`);
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("row")).toHaveCount(4);
});

test("a search takes markup and wildcards literally", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 3);
  for (const search of ["%", "_", "'", "<b>bold</b>"]) {
    await page.goto(`${tabOf(tenant.group)}?search=${encodeURIComponent(search)}`);
    await expect(page.getByRole("heading", { name: "No matching access tokens" })).toBeVisible();
    await expect(page.getByLabel("Search access tokens")).toHaveValue(search);
  }
});

test("the list marks tokens that expire soon, and offers only deletion for expired ones", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 1, { name: "ends soon", expiresIn: "3 days" });
  await seedGroupTokens(tenant.group, 1, { name: "ended", expiresIn: "-1 day" });
  await seedGroupTokens(tenant.group, 1, { name: "ended revoked", expiresIn: "-1 day", revoked: true });
  await openTab(page, tenant.group);
  await expect(rowOf(page, "ends soon")).toContainText("Expires soon");
  await expect(rowOf(page, "ends soon")).toContainText("in 2 days");
  for (const name of ["ended", "ended revoked"]) {
    await rowOf(page, name).last().getByRole("button", { name: "Expired" }).click();
    await expect(page.getByRole("menuitem")).toHaveText(["Delete Token"]);
    await page.keyboard.press("Escape");
  }
});
