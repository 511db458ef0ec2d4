import { openCreateDialog, openTab, rowOf, tabOf } from "./support/access-tokens";
import { expectNoSidewaysScroll } from "./support/accessibility";
import { seedEvents } from "./support/audit-log";
import { endSessionOf, expectSignInPage } from "./support/sign-in";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test("someone who may not see a page stays in its frame and reads who can help", async ({ page, tenant, signInAs }) => {
  const { group, organization, organizationAdmin } = tenant;
  const heading = page.getByRole("heading", { name: "You are not allowed to see this" });
  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
  const content = page.getByRole("main");

  await signInAs(group.user);
  for (const path of [tabOf(group), `/groups/${group.id}/audit-log`]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
    await expect(heading).toBeVisible();
    await expect(crumbs.getByRole("link", { name: group.name })).toBeVisible();
    await expect(content).toContainText(`Ask ${group.admin.name} if you need the role.`);
  }
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page).toHaveURL(`/groups/${group.id}`);

  await signInAs(group.admin);
  for (const path of ["access-tokens", "audit-log"]) {
    expect((await page.goto(`/organizations/${organization.id}/${path}`))?.status(), path).toBe(403);
    await expect(heading).toBeVisible();
    await expect(content).toContainText(`Ask ${organizationAdmin.name} if you need the role.`);
  }

  await signInAs(organizationAdmin);
  expect((await page.goto(tabOf(group)))?.status()).toBe(403);
  await expect(heading).toBeVisible();
  await page.getByRole("button", { name: "Join Group" }).click();
  await page.getByRole("dialog", { name: "Join Group" }).getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("tab", { name: "Access Tokens" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("button", { name: "Create Access Token" })).toBeVisible();
});

test("the sign-in page says that a session has ended, and whom to ask for a forgotten password", async ({
  page,
  context,
  tenant,
  signInAs,
}) => {
  const ended = page.getByText("Your session has ended.");
  await page.goto("/groups");
  await expectSignInPage(page);
  await expect(page.getByText("Forgot your password?")).toBeVisible();
  await expect(ended).toHaveCount(0);
  await signInAs(tenant.group.admin);
  await page.goto("/groups");
  await endSessionOf(context);
  await page.getByRole("link", { name: tenant.group.name }).click();
  await expectSignInPage(page);
  await expect(ended).toBeVisible();
});

for (const { width, height } of [
  { width: 1280, height: 360 },
  { width: 320, height: 480 },
]) {
  test.describe(`${width} × ${height}`, () => {
    test.use({ viewport: { width, height } });

    test("a dialog that is taller than the window keeps its buttons in sight", async ({ page, tenant, signInAs }) => {
      await signInAs(tenant.group.admin);
      await openTab(page, tenant.group);
      const dialog = await openCreateDialog(page);
      const button = dialog.getByRole("button", { name: "Create", exact: true });
      const last = dialog.getByRole("checkbox", { name: "Admin Role Assignment" });
      await expect(last).not.toBeInViewport();
      await expect(button).toBeInViewport({ ratio: 1 });
      await last.check();
      await expect(last).toBeInViewport({ ratio: 1 });
      await expect(button).toBeInViewport({ ratio: 1 });
    });
  });
}

test("paper shows exact instants and no controls", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 1, { name: "nightly" });
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const row = rowOf(page, "nightly");
  await expect(row).toBeVisible();
  const instants = await row
    .getByRole("time")
    .evaluateAll((times) => times.map((time) => getComputedStyle(time, "::after").content));
  expect(instants.length).toBeGreaterThan(0);
  for (const instant of instants) expect(instant).toMatch(/\d{4}.*\d\d:\d\d/);
  await expect(page.getByRole("button", { name: "Create Access Token" })).toBeHidden();
  await expect(page.getByRole("search")).toBeHidden();
  await expect(page.getByRole("tablist")).toBeHidden();
  await expect(page.getByRole("button", { name: tenant.group.admin.name })).toBeHidden();
  await expect(row.getByText("Active")).toBeVisible();
  // The columns without their controls stay where they are.
  const head = await page.getByRole("columnheader", { name: "Status" }).boundingBox();
  const cell = await row.locator('[data-label="Status"]').boundingBox();
  expect(cell?.x).toBe(head?.x);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("light");
});

test("a printed audit log has the exact instants", async ({ page, tenant, signInAs }) => {
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 1);
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}/audit-log`);
  await page.emulateMedia({ media: "print" });
  const instant = page.getByRole("row").getByRole("time").first();
  await expect(instant).toHaveText(/\d{4}.*\d\d:\d\d:\d\d/);
  const drawn = await instant.evaluate((time) => [
    getComputedStyle(time).fontSize,
    getComputedStyle(time, "::after").content,
  ]);
  expect(drawn).toEqual([expect.not.stringMatching(/^0px$/), "none"]);
});

test.describe("320 px", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("the breadcrumb keeps the current page, and every tab can be seen", async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.group.admin);
    await openTab(page, tenant.group);
    const current = page.getByRole("navigation", { name: "Breadcrumb" }).getByText("Access Tokens");
    expect(await current.evaluate((crumb) => crumb.scrollWidth <= crumb.clientWidth)).toBe(true);
    for (const tab of await page.getByRole("tab").all()) await expect(tab).toBeInViewport({ ratio: 1 });
    await expectNoSidewaysScroll(page);
  });
});

test("the address that browsers ask for an icon is answered", async ({ request }) => {
  const answer = await request.get("/favicon.ico");
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-type"]).toMatch(/^image\//);
});

test.describe("768 px", () => {
  test.use({ viewport: { width: 768, height: 800 } });

  test("below 900 px a token is a card: name and status, then expiry and last use", async ({
    page,
    tenant,
    signInAs,
  }) => {
    await seedGroupTokens(tenant.group, 1, { name: `nightly ${"wide ".repeat(30)}end` });
    await signInAs(tenant.group.admin);
    await openTab(page, tenant.group);
    const row = rowOf(page, "nightly");
    const boxOf = async (label: string) => {
      const box = await row.locator(`[data-label="${label}"]`).boundingBox();
      if (!box) throw new Error(`there is no ${label}`);
      return { ...box, bottom: box.y + box.height };
    };
    const [name, status, used, expires, role] = [
      await boxOf("Name"),
      await boxOf("Status"),
      await boxOf("Last Used"),
      await boxOf("Expires"),
      await boxOf("Role"),
    ];
    expect(status.x).toBeGreaterThan(name.x + name.width - 1);
    expect(status.y).toBeLessThan(name.bottom);
    for (const fact of [used, expires]) {
      expect(fact.y).toBeGreaterThanOrEqual(name.bottom - 1);
      expect(fact.bottom).toBeLessThanOrEqual(role.y + 1);
    }
    expect(Math.abs(used.y - expires.y)).toBeLessThan(10);
    const link = row.getByRole("link", { name: "nightly" });
    expect(await link.evaluate((text) => text.scrollWidth <= text.clientWidth)).toBe(true);
  });
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true });

  test("the whole cell of a name opens it", async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.group.admin);
    await page.goto("/groups");
    const cell = page.getByRole("cell", { name: tenant.group.name });
    const { width = 0, height = 0 } = (await cell.boundingBox()) ?? {};
    await cell.tap({ position: { x: width - 4, y: height / 2 } });
    await expect(page).toHaveURL(`/groups/${tenant.group.id}`);
  });
});

test("links look like links", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 1, { name: "nightly" });
  await signInAs(tenant.group.admin);
  const colorOf = (name: string) =>
    page
      .getByRole("main")
      .getByRole("link", { name })
      .evaluate((link) => getComputedStyle(link).color);
  await page.goto("/groups");
  const text = await page
    .getByRole("heading", { name: "Groups", exact: true })
    .evaluate((heading) => getComputedStyle(heading).color);
  expect(await colorOf(tenant.group.name)).not.toBe(text);
  expect(await colorOf(tenant.organization.name)).not.toBe(text);
  await openTab(page, tenant.group);
  expect(await colorOf("nightly")).not.toBe(text);
});
