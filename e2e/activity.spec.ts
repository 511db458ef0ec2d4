import type { Page } from "playwright/test";
import { statusOfSelf } from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import {
  expireToken,
  fact,
  newOrganizationToken,
  newToken,
  pageOf,
  reactivate,
  revoke,
  seedDays,
  useToken,
} from "./support/activity";
import { seedEvents } from "./support/audit-log";
import { expect, test } from "./support/test";

const exact = /\d{1,2} [A-Z][a-z]{2} 20\d\d, \d\d:\d\d/;

const usesPerDay = (page: Page) => page.getByRole("table", { name: "Uses per day" });
const networks = (page: Page) => page.getByRole("table", { name: "Last used from" }).getByRole("row");
const events = (page: Page) => page.getByRole("table", { name: "Audit log" }).getByRole("row");

test("the header says the exact expiry, and since when and by whom a token is revoked", async ({
  page,
  tenant,
  signInAs,
}) => {
  const token = await newToken(tenant);
  await signInAs(tenant.group.admin);
  await page.goto(pageOf(tenant, token.id));
  await expect(fact(page, "Expires")).toHaveText(new RegExp(`${exact.source}.*in 29 days$`));
  await expect(fact(page, "Created")).toHaveText(new RegExp(`${exact.source}.*(just now|ago)$`));
  await expect(fact(page, "Last Used")).toHaveText("Never");
  await expect(fact(page, "Revoked")).toHaveCount(0);
  await expect(page.getByText("This access token is revoked")).toHaveCount(0);

  const { actor } = await newToken(tenant, "admin");
  await revoke(tenant, token.id, actor);
  await page.reload();
  await expect(fact(page, "Revoked")).toHaveText(new RegExp(`${exact.source}.*(just now|ago) by ${actor.name}$`));

  await reactivate(tenant, token.id);
  await revoke(tenant, token.id);
  await page.reload();
  await expect(fact(page, "Revoked")).toContainText(` by ${tenant.group.admin.name}`);
});

test("where settings are offered on a token that can't be used, it says so", async ({ page, tenant, signInAs }) => {
  const [revoked, expired] = [await newToken(tenant, "revoked"), await newToken(tenant, "expired")];
  await revoke(tenant, revoked.id);
  await expireToken(expired.id);
  await signInAs(tenant.group.admin);
  for (const [token, words] of [
    [revoked, "This access token is revoked"],
    [expired, "This access token has expired"],
  ] as const) {
    for (const tab of ["", "/environment-variables"]) {
      await page.goto(`${pageOf(tenant, token.id)}${tab}`);
      await expect(page.getByRole("note").filter({ hasText: words })).toBeVisible();
    }
    await page.getByRole("tab", { name: "Activity" }).click();
    await expect(page.getByRole("heading", { name: "Events" })).toBeVisible();
    await expect(page.getByRole("note").filter({ hasText: words })).toHaveCount(0);
  }
  await expect(fact(page, "Expired")).toHaveText(new RegExp(`${exact.source}.*1 day ago$`));
  await expect(fact(page, "Expires")).toHaveCount(0);
});

test("Copy ID copies the id, and says so only if that is true", async ({ page, context, tenant, signInAs }) => {
  const { id } = await newToken(tenant);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signInAs(tenant.group.admin);
  await page.goto(pageOf(tenant, id));
  await page.getByRole("button", { name: "Copy ID" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);

  await page.reload();
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
  });
  await page.getByRole("button", { name: "Copy ID" }).click();
  const field = page.getByRole("textbox", { name: "ID" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(id);
  expect(await page.evaluate(() => String(getSelection()))).toBe(id);
  await expect(page.getByRole("button", { name: "Copied" })).toHaveCount(0);
});

test("a token that was not used has its events, and says that nothing is known", async ({ page, tenant, signInAs }) => {
  const { id } = await newToken(tenant);
  await signInAs(tenant.group.admin);
  await page.goto(pageOf(tenant, id));
  await page.getByRole("tab", { name: "Activity" }).click();
  await expect(page).toHaveURL(/\/activity$/);
  await expect(page.getByRole("tab", { name: "Activity" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("heading", { name: "No uses yet" })).toBeVisible();
  await expect(events(page).filter({ hasText: "Created access token" })).toHaveCount(1);
  await expect(page).toHaveTitle(/^nightly · /);
});

test("a use of the API is shown within seconds", async ({ page, tenant, signInAs }) => {
  const { id, secret } = await newToken(tenant);
  expect(await statusOfSelf(secret)).toBe(200);
  await signInAs(tenant.group.admin);
  await expect(async () => {
    await page.goto(`${pageOf(tenant, id)}/activity`);
    await expect(networks(page).filter({ hasText: /127\.0\.0\.0\/24|::/ })).toHaveCount(1, { timeout: 1000 });
    // The page reads it before the networks, and the use may be written between.
    await expect(fact(page, "Last Used")).toHaveText(exact, { timeout: 1000 });
  }).toPass();
});

test("uses are shown by day and by network", async ({ page, tenant, signInAs }) => {
  const { id } = await newToken(tenant);
  await seedDays(id, { 1: 12, 7: 3400, 29: 5, 30: 77 });
  await useToken(id, 3, { address: "192.0.2.77", userAgent: "GitLab-Runner 17.2.0 (linux/amd64)" });
  await useToken(id, 1, { address: "2001:db8:1:2::3" });
  await signInAs(tenant.group.admin);
  await page.goto(`${pageOf(tenant, id)}/activity`);

  const rows = usesPerDay(page).getByRole("row");
  await expect(rows).toHaveCount(31);
  await expect(rows.last().getByRole("cell")).toHaveText("4");
  await expect(rows.nth(1).getByRole("cell")).toHaveText("5");
  await expect(rows.filter({ hasText: "3,400" })).toHaveCount(1);
  await expect(page.getByText("3,421 uses in 30 days, up to 3,400 a day.")).toBeVisible();

  await expect(networks(page)).toHaveCount(3);
  await expect(networks(page).nth(1)).toContainText("2001:db8:1::/48");
  await expect(networks(page).nth(1)).toContainText("Unknown");
  await expect(networks(page).nth(2)).toContainText("192.0.2.0/24");
  await expect(networks(page).nth(2)).toContainText("GitLab-Runner");
  await expect(networks(page).nth(2)).toContainText(exact);
  await expect(page.getByText("192.0.2.77")).toHaveCount(0);
});

test("the events are those of the token alone, by and about it, page by page", async ({ page, tenant, signInAs }) => {
  const [token, other] = [await newToken(tenant), await newToken(tenant, "other")];
  await revoke(tenant, other.id, token.actor);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 3);
  await signInAs(tenant.group.admin);
  await page.goto(`${pageOf(tenant, token.id)}/activity`);
  await expect(events(page)).toHaveCount(3);
  await expect(events(page).filter({ hasText: "Revoked access token" })).toContainText("other");

  for (let round = 0; round < 25; round++) {
    await revoke(tenant, token.id);
    await reactivate(tenant, token.id);
  }
  await page.reload();
  await expect(events(page)).toHaveCount(51);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/\/activity\?cursor=/);
  await expect(events(page)).toHaveCount(3);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(events(page)).toHaveCount(51);

  const place = JSON.stringify(["audit", "2000-01-01T00:00:00.000Z", "evt_0", "next"]);
  const pastTheLast = Buffer.from(place).toString("base64url");
  await page.goto(`${pageOf(tenant, token.id)}/activity?cursor=${pastTheLast}`);
  await expect(page).toHaveURL(`${pageOf(tenant, token.id)}/activity`);

  await page.getByRole("link", { name: "Show in Audit Log" }).click();
  await expect(page).toHaveURL(new RegExp(`/audit-log\\?token=${token.id}$`));
  await expect(page.getByRole("list", { name: "Filters" })).toContainText("Token: nightly");
});

test("an organization's token has the tab too, and who may not see a token sees no activity", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { organization, organizationAdmin } = tenant;
  const { id } = await newOrganizationToken(tenant, "fleet");
  await useToken(id, 2, { address: "192.0.2.1", userAgent: "curl/8.5.0" });
  await signInAs(organizationAdmin);
  await page.goto(`/organizations/${organization.id}/access-tokens/${id}/activity`);
  await expect(usesPerDay(page).getByRole("row").last().getByRole("cell")).toHaveText("2");

  const token = await newToken(tenant);
  await page.goto(`${pageOf(tenant, token.id)}/activity`);
  await expect(page.getByRole("table")).toHaveCount(0);
  await signInAs(tenant.group.user);
  await page.goto(`${pageOf(tenant, token.id)}/activity`);
  await expect(page.getByRole("table")).toHaveCount(0);
});

for (const { width, colorScheme } of [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("the Activity tab is accessible and does not scroll sideways", async ({ page, tenant, signInAs }) => {
      const { id } = await newToken(tenant, `A long name ${"w".repeat(100)}`);
      await signInAs(tenant.group.admin);
      await page.goto(`${pageOf(tenant, id)}/activity`);
      await expect(page.getByRole("heading", { name: "No uses yet" })).toBeVisible();
      await expectAccessible(page);
      await seedDays(
        id,
        Object.fromEntries(
          Array.from({ length: 28 }, (_, age) => [age + 1, (age * 7919) % 997]).filter(([, uses]) => uses),
        ),
      );
      for (const network of [1, 2, 3, 4, 5, 6]) {
        await useToken(id, 40, { address: `2001:db8:${network}00::1`, userAgent: `${"agent-".repeat(8)}${network}/1` });
      }
      await revoke(tenant, id);
      await page.reload();
      await expect(networks(page)).toHaveCount(6);
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    });
  });
}
