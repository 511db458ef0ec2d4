import { openTab, rowOf, tabOf } from "./support/access-tokens";
import { expectAccessible } from "./support/accessibility";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test("a click on a link shows that it was heard until the page arrives", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 21);
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const content = page.getByRole("main");
  const links = [
    page.getByRole("tab", { name: "Members" }),
    page.getByRole("tab", { name: "Access Tokens" }),
    page.getByRole("link", { name: "token-00021" }),
    page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: tenant.group.name }),
  ];
  let gate = Promise.withResolvers<void>();
  await page.route(
    (url) => url.searchParams.has("_rsc"),
    async (route) => {
      await gate.promise;
      await route.continue();
    },
  );
  for (const link of links) {
    gate = Promise.withResolvers<void>();
    const asked = page.waitForRequest((request) => request.url().includes("_rsc="));
    const before = page.url();
    await link.click();
    await expect(content).toHaveAttribute("aria-busy", "true");
    await asked;
    gate.resolve();
    await expect(page).not.toHaveURL(before);
    await expect(content).not.toHaveAttribute("aria-busy");
  }
});

test("a link keeps the page and says so if the server cannot be reached", async ({
  page,
  context,
  tenant,
  signInAs,
}) => {
  await seedGroupTokens(tenant.group, 21);
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const heard = page.getByRole("status").filter({ hasText: "The server could not be reached." });
  for (const name of ["Next", "token-00021"]) {
    await context.setOffline(true);
    await page.getByRole("link", { name }).click();
    await expect(heard).toBeVisible();
    await expect(page).toHaveURL(tabOf(tenant.group));
    await expect(rowOf(page, "token-00021")).toBeVisible();
    await context.setOffline(false);
    await page.getByRole("button", { name: "Dismiss" }).click();
  }
  // The network is there, and the server is not.
  await page.route("**/*", (route) => route.abort("connectionrefused"));
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(heard).toBeVisible();
  await expect(page).toHaveURL(tabOf(tenant.group));
  await page.unrouteAll();
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page).toHaveURL(`/groups/${tenant.group.id}`);
});

test("without a network, links to a server on the same machine work", async ({ page, tenant, signInAs }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "onLine", { get: () => false }));
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page).toHaveURL(`/groups/${tenant.group.id}`);
});

test("a link that downloads stays a download", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.getByRole("main").evaluate((main) => {
    const link = Object.assign(document.createElement("a"), { href: "/api/v2.0/openapi.json", textContent: "Save" });
    link.setAttribute("download", "");
    main.append(link);
  });
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save" }).click();
  await download;
  await expect(page).toHaveURL(tabOf(tenant.group));
});

test("the focus stays on a tab that is opened, and goes to the content of any other page", async ({
  page,
  tenant,
  signInAs,
}) => {
  await seedGroupTokens(tenant.group, 1, { name: "nightly" });
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.getByRole("link", { name: "nightly" }).press("Enter");
  await expect(page).toHaveTitle(/^nightly/);
  await expect(page.getByRole("main")).toBeFocused();
  await page.getByRole("tab", { name: "Activity" }).press("Enter");
  await expect(page).toHaveURL(/activity$/);
  await expect(page.getByRole("tab", { name: "Activity" })).toBeFocused();
});

test("a search by a form keeps the page and says so if the server cannot be reached", async ({
  page,
  context,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}`);
  const field = page.getByRole("searchbox", { name: "Search by name or e-mail" });
  await field.fill("nobody");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The server could not be reached." })).toBeVisible();
  await expect(field).toHaveValue("nobody");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/\?search=nobody$/);
  await expect(page.getByRole("heading", { name: "No matching people" })).toBeVisible();
});

test("the user menu says who is signed in and leads to the account and the API documentation", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { admin } = tenant.group;
  await signInAs(admin);
  await page.goto("/groups");
  const trigger = page.getByRole("button", { name: admin.name });
  await trigger.click();
  const menu = page.getByRole("menu");
  await expect(menu).toContainText(admin.email);
  await menu.getByRole("menuitem", { name: "Account" }).click();
  await expect(page).toHaveTitle("Account · veHaaS");
  await trigger.click();
  await menu.getByRole("menuitem", { name: "API Documentation" }).click();
  await expect(page).toHaveURL("/api/v2.0/docs");
  await expect(page).toHaveTitle("API Documentation · veHaaS");
  await page.getByRole("link", { name: "veHaaS", exact: true }).click();
  await expect(page).toHaveURL("/groups");
  // A new document: before its scripts have run, a click opens no menu.
  await page.waitForLoadState();
  await trigger.click();
  await menu.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("the theme is chosen in the user menu, and the server renders it", async ({ page, tenant, signInAs, baseURL }) => {
  await signInAs(tenant.group.admin);
  await page.goto("/groups");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  expect(dark).not.toBe(light);

  await page.getByRole("button", { name: tenant.group.admin.name }).click();
  const theme = page.getByRole("group", { name: "Theme" });
  await expect(theme.getByRole("menuitemradio", { name: "System" })).toBeChecked();
  const kept = page.waitForResponse((response) => response.request().method() === "POST");
  await theme.getByRole("menuitemradio", { name: "Light" }).click();
  await expect(theme.getByRole("menuitemradio", { name: "Light" })).toBeChecked();
  expect(await ground()).toBe(light);
  await expectAccessible(page);
  await kept;
  // The action's answer has the page in the new theme. Without one there are two colours of the bar.
  const barColors = page.locator('meta[name="theme-color"]');
  await expect(barColors).toHaveCount(1);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");

  const html = await (await page.request.get("/groups")).text();
  expect(html).toMatch(/<html[^>]* data-theme="light"/);
  expect(html).toContain('<meta name="theme-color" content="#ffffff"/>');
  await page.goto("/sign-out-of-nowhere");
  expect(await ground()).toBe(light);
  await page.goto("/api/v2.0/docs");
  await expect(page.locator("html")).not.toHaveClass(/dark-mode/);

  await page.goto("/groups");
  await page.getByRole("button", { name: tenant.group.admin.name }).click();
  const gone = page.waitForResponse((response) => response.request().method() === "POST");
  await theme.getByRole("menuitemradio", { name: "System" }).click();
  expect(await ground()).toBe(dark);
  await gone;
  await expect(barColors).toHaveCount(2);
  await page.reload();
  expect(await ground()).toBe(dark);

  // A value that is none of ours counts as none.
  const url = `${baseURL}`;
  await page.context().addCookies([{ name: "vehaas.theme", value: '"><script>', url }]);
  expect(await (await page.request.get("/groups")).text()).not.toMatch(/<html[^>]* data-theme/);
});

test("in forced colours the current tab, the focus and the dot of a status can be told apart", async ({
  page,
  tenant,
  signInAs,
}) => {
  await seedGroupTokens(tenant.group, 1, { name: "nightly" });
  await signInAs(tenant.group.admin);
  await page.emulateMedia({ forcedColors: "active" });
  await openTab(page, tenant.group);
  const line = (name: string) =>
    page.getByRole("tab", { name }).evaluate((tab) => getComputedStyle(tab).borderBottomColor);
  const [current, other, ground] = [
    await line("Access Tokens"),
    await line("Members"),
    await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
  ];
  expect(other).toBe(ground);
  expect(current).not.toBe(ground);

  const status = rowOf(page, "nightly").getByRole("button", { name: "Active" });
  const dot = await status.evaluate((button) => getComputedStyle(button, "::before").backgroundColor);
  expect(dot).not.toBe(ground);

  await page.getByRole("tab", { name: "Access Tokens" }).focus();
  await page.keyboard.press("ArrowLeft");
  const outline = await page
    .getByRole("tab", { name: "Members" })
    .evaluate((tab) => [getComputedStyle(tab).outlineStyle, getComputedStyle(tab).outlineColor]);
  expect(outline[0]).toBe("solid");
  expect(outline[1]).not.toBe(ground);
});
