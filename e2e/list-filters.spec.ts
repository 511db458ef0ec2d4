import type { Page } from "playwright/test";
import { message, openTab, rowOf, tabOf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { addGroupAdmin, seedGroupTokens, seedToken } from "./support/tokens";

test.beforeEach(async ({ tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
});

const countOf = (page: Page, range: string) => page.getByText(range, { exact: true });

test("a row says who created the token, the date of its end and how long that is", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 1, { name: "ends soon", expiresIn: "3 days 1 hour" });
  await openTab(page, tenant.group);
  const row = rowOf(page, "ends soon");
  await expect(row.getByRole("cell").nth(4)).toContainText(`by ${tenant.group.admin.name}`);
  const expires = row.getByRole("cell").nth(6);
  await expect(expires).toHaveText(/^\d{1,2} \w{3} \d{4}in 3 days$/);

  const exact = page.getByRole("button", { name: "Exact times" });
  await exact.focus();
  await page.keyboard.press("Enter");
  await expect(exact).toHaveAttribute("aria-pressed", "true");
  await expect(expires).toContainText(/\d{4}, \d{2}:\d{2}/);
});

test("two filters that are chosen before the page arrives both hold", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 2);
  await openTab(page, tenant.group);
  const held = Promise.withResolvers<void>();
  await page.route("**/access-tokens?*", async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: "Never used", exact: true }).click();
  await page.getByLabel("Status", { exact: true }).selectOption("Active");
  held.resolve();
  await expect(page).toHaveURL(/status=active/);
  await expect(page).toHaveURL(/used=never/);
});

test("filters are in the URL, and join with each other, with search, sort and pages", async ({ page, tenant }) => {
  const { group } = tenant;
  const second = await addGroupAdmin(tenant);
  await seedGroupTokens(group, 22);
  await seedGroupTokens(group, 1, { name: "ends soon", expiresIn: "3 days" });
  const usedAgo = { created: "90 days", used: "40 days" };
  await seedGroupTokens(group, 1, { name: "used long ago", by: second, usedAgo });
  await openTab(page, group);
  await expect(countOf(page, "1–20 of 24")).toBeVisible();

  const chip = (name: string) => page.getByRole("button", { name, exact: true });
  await expect(chip("Expires soon")).toHaveText("Expires soon1");
  await expect(chip("Never used")).toHaveText("Never used23");
  await expect(chip("Not used for 30 days")).toHaveText("Not used for 30 days2");

  await expect(chip("Never used")).toHaveAccessibleDescription("23 in the whole list");

  await chip("Never used").click();
  await expect(page).toHaveURL(/used=never/);
  await expect(chip("Never used")).toHaveAttribute("aria-pressed", "true");
  await expect(countOf(page, "1–20 of 23")).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(countOf(page, "21–23 of 23")).toBeVisible();
  await page.reload();
  await expect(countOf(page, "21–23 of 23")).toBeVisible();

  await chip("Not used for 30 days").click();
  await expect(page).toHaveURL(/used=not-for-30-days/);
  await expect(chip("Never used")).toHaveAttribute("aria-pressed", "false");
  await expect(countOf(page, "1–2 of 2")).toBeVisible();
  await page.getByLabel("Created by", { exact: true }).selectOption(second.name);
  await expect(page).toHaveURL(new RegExp(`created_by=${second.userId}`));
  await expect(rowOf(page, "used long ago")).toBeVisible();
  await expect(countOf(page, "1 of 1")).toBeVisible();

  await chip("Not used for 30 days").click();
  await chip("Expires soon").click();
  await expect(page.getByRole("heading", { name: "No matching access tokens" })).toBeVisible();
  await page.getByLabel("Created by", { exact: true }).selectOption("Created by anyone");
  await expect(rowOf(page, "ends soon")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search access tokens" }).fill("token");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("heading", { name: "No matching access tokens" })).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(countOf(page, "1–20 of 24")).toBeVisible();
});

test("sorted by Expires, tokens that expire next come first and expired ones last", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 1, { name: "ended", expiresIn: "-1 day" });
  await seedGroupTokens(tenant.group, 1, { name: "later", expiresIn: "50 days" });
  await seedGroupTokens(tenant.group, 1, { name: "next", expiresIn: "2 days" });
  await page.goto(`${tabOf(tenant.group)}?sort=expires_at`);
  const names = page.getByRole("row").getByRole("link");
  await expect(names).toHaveText(["next", "later", "ended"]);
  await page.getByRole("button", { name: "Expires", exact: true }).click();
  await expect(names).toHaveText(["later", "next", "ended"]);
});

test("a search finds a technical user's name and the exact last four characters", async ({ page, tenant }) => {
  const { group } = tenant;
  const token = await seedToken(group, "Nightly build");
  await seedToken(group, "other");
  await openTab(page, group);
  const search = page.getByRole("searchbox", { name: "Search access tokens" });
  for (const text of [token.technicalUser.username, token.tokenSuffix, `…${token.tokenSuffix}`]) {
    await search.fill(text);
    await search.press("Enter");
    await expect(page).toHaveURL((url) => url.searchParams.get("search") === text);
    await expect(rowOf(page, "Nightly build")).toBeVisible();
    await expect(countOf(page, "1 of 1")).toBeVisible();
  }
});

test("a pasted secret finds its token, and is neither sent nor stored", async ({ page, tenant }) => {
  const { group } = tenant;
  const token = await seedToken(group, "leaked");
  await seedToken(group, "other");
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData()}`));
  await openTab(page, group);
  const search = page.getByRole("searchbox", { name: "Search access tokens" });
  await search.fill(token.secret);
  await search.press("Enter");
  await expect(message(page)).toContainText("Only the last four characters of a secret are searched for.");
  await expect(rowOf(page, "leaked")).toBeVisible();
  await expect(countOf(page, "1 of 1")).toBeVisible();
  await expect(search).toHaveValue(token.tokenSuffix);
  expect(page.url()).toContain(`search=${token.tokenSuffix}`);
  expect(sent.filter((request) => request.includes(token.secret))).toEqual([]);

  // Somebody else's link or a form that was sent before its script ran.
  await page.goto(`${tabOf(group)}?search=${token.secret}&sort=name`);
  expect(page.url()).not.toContain(token.secret);
  await expect(rowOf(page, "leaked")).toBeVisible();
});

test("after Next the focus is at the list's head, which says what is shown", async ({ page, tenant }) => {
  await seedGroupTokens(tenant.group, 47);
  await page.setViewportSize({ width: 1000, height: 500 });
  await openTab(page, tenant.group);
  await page.getByRole("link", { name: "Next" }).press("Enter");
  await expect(countOf(page, "21–40 of 47")).toBeFocused();
  await expect(countOf(page, "21–40 of 47")).toBeInViewport();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(countOf(page, "41–47 of 47")).toBeFocused();
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(countOf(page, "21–40 of 47")).toBeFocused();
  await page.goBack();
  await expect(countOf(page, "41–47 of 47")).toBeVisible();
});
