import { readFile } from "node:fs/promises";
import type { Page } from "playwright/test";
import { createToken, leaveUncopied, openTab, statusOfSelf, tabOf } from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { deleteTenantGroup, eventRows, logOf, seedEvents, seedRunnerEvents } from "./support/audit-log";
import { expect, test } from "./support/test";

async function exportWith(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("an event says who did what, to what and from where; names filter the log, and chips remove filters", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await page.goto(logOf(tenant.group));
  await expect(page.getByRole("heading", { name: "Nothing has happened yet" })).toBeVisible();
  await openTab(page, tenant.group);
  const { dialog } = await createToken(page, "nightly", { admin: true });
  await leaveUncopied(dialog);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 2);

  await page.goto(logOf(tenant.group));
  await expect(page.getByRole("tab", { name: "Audit Log" })).toHaveAttribute("aria-selected", "true");
  await expect(eventRows(page)).toHaveCount(3);
  const created = eventRows(page).filter({ hasText: "Created access token" });
  await expect(created).toContainText(tenant.group.admin.name);
  await expect(created).toContainText("Role: Group admin");
  await expect(created).toContainText("Technical user: nightly-");
  await expect(created).toContainText("Web page");
  const when = created.getByRole("cell").first().getByRole("time");
  await expect(when).toHaveText(/^\d{1,2} \w{3} \d{4}, \d\d:\d\d:\d\d \S+$/);
  await expect(when).toHaveAttribute("title", /just now|ago$/);
  await created.getByRole("link", { name: "Open token" }).click();
  await expect(page.getByRole("heading", { name: "nightly" })).toBeVisible();
  await page.goBack();

  await page.getByRole("link", { name: "nightly", exact: true }).click();
  await expect(page).toHaveURL(/\?token=tok_/);
  await expect(eventRows(page)).toHaveCount(1);
  await page.reload();
  await expect(eventRows(page)).toHaveCount(1);
  await page.getByRole("link", { name: tenant.group.admin.name }).click();
  await expect(page.getByRole("list", { name: "Filters" }).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("link", { name: "Token: nightly (remove this filter)" }).click();
  await expect(page).toHaveURL(/\?actor=usr_\w+$/);
  await page.getByRole("link", { name: `Actor: ${tenant.group.admin.name} (remove this filter)` }).click();
  await expect(eventRows(page)).toHaveCount(3);
});

test("filters are in the URL, survive paging and a reload, and can be cleared", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 120);
  await page.goto(logOf(tenant.group));
  await expect(eventRows(page)).toHaveCount(50);
  await page.getByLabel("Action").selectOption("Removed member");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/action=member\.removed/);
  await expect(eventRows(page).first()).toContainText("step 120");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(eventRows(page)).toHaveCount(10);
  await expect(eventRows(page).first()).toContainText("step 20");
  await page.reload();
  await expect(page.getByLabel("Action")).toHaveValue("member.removed");
  await expect(eventRows(page).first()).toContainText("step 20");
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(eventRows(page).first()).toContainText("step 120");
  await expect(page).toHaveURL(/action=member\.removed/);

  await page.getByLabel("From", { exact: true }).fill("2026-11-01");
  await page.getByLabel("To", { exact: true }).fill("2026-11-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/from=2026-11-01/);
  await expect(eventRows(page)).toHaveCount(12);
  await page.getByLabel("Action").selectOption("Created group");
  await expect(page.getByRole("heading", { name: "No matching events" })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).last().click();
  await expect(eventRows(page)).toHaveCount(50);
  await expect(page.getByLabel("From", { exact: true })).toHaveValue("");
  await expect(page).toHaveURL(logOf(tenant.group));
});

test("runners have names and lead to their token, and an event that stands for many says so", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group } = tenant;
  await signInAs(group.admin);
  const { runnerId } = await seedRunnerEvents(group);
  await page.goto(logOf(group));
  await expect(eventRows(page).filter({ hasText: "Read session context" })).toContainText(
    "Stands for all readings by this token from this network in five minutes.",
  );
  const unregistered = eventRows(page).filter({ hasText: "Unregistered runner" });
  await expect(unregistered).toContainText("Runner at https://gone.example");
  await expect(unregistered.getByRole("link", { name: /^Runner/ })).toHaveCount(0);
  await expect(page.getByText(runnerId)).toHaveCount(0);
  await expect(page.getByText(/(run|tok|vca)_[0-9a-z]{26}/)).toHaveCount(0);
  await expect(page.getByRole("columnheader")).toHaveText(["When", "Who", "What", "On", "Source"]);
  await eventRows(page).getByRole("link", { name: "Runner at https://gitlab.example" }).click();
  await expect(page.getByRole("table", { name: "Runners" })).toBeVisible();
});

test("a URL with a broken filter or cursor still shows the log", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 3);
  for (const query of ["cursor=nonsense", "action=drop", "from=2026-02-31", "to=x&zone=Atlantis", "actor="]) {
    expect((await page.goto(`${logOf(tenant.group)}?${query}`))?.status(), query).toBe(200);
    await expect(eventRows(page), query).toHaveCount(3);
  }
  expect((await page.goto(`${logOf(tenant.group)}?actor=%00&token=%00`))?.status()).toBe(200);
  await expect(page.getByRole("heading", { name: "No matching events" })).toBeVisible();
});

test.describe("in another time zone", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("a filter's days are in the viewer's time zone", async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.group.admin);
    await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 24);
    await page.goto(logOf(tenant.group));
    await page.getByLabel("From", { exact: true }).fill("2026-11-04");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL(/zone=Asia%2FTokyo/);
    // In Tokyo, 4 November begins at 15:00 UTC on the 3rd.
    await expect(eventRows(page)).toHaveCount(8);
    await page.goto(page.url().replace("Asia%2FTokyo", "UTC"));
    await expect(page.getByRole("heading", { name: "No matching events" })).toBeVisible();
    await expect(page.getByText("Days in UTC.")).toBeVisible();
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("filters apply, and exports are downloads", async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.group.admin);
    await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 30);
    await page.goto(logOf(tenant.group));
    await page.getByLabel("Action").selectOption("Removed member");
    await page.getByLabel("From", { exact: true }).fill("2026-11-03");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(eventRows(page)).toHaveCount(12);
    const { text } = await exportWith(page, "Export JSON Lines");
    expect(text.trimEnd().split("\n")).toHaveLength(12);
  });
});

test("both export formats contain the filtered events, and the export is recorded", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 3000);
  await page.goto(`${logOf(tenant.group)}?action=member.added`);
  const lines = await exportWith(page, "Export JSON Lines");
  expect(lines.name).toMatch(/^audit-log-group-\w+-\d{4}-\d\d-\d\d\.jsonl$/);
  const events = lines.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toHaveLength(1500);
  expect(events[0]).toMatchObject({ action: "member.added", subject_name: "step 2999", group_id: tenant.group.id });
  await expect(page.getByRole("status").filter({ hasText: "Exported 1,500 events." })).toBeVisible();

  const table = await exportWith(page, "Export CSV");
  expect(table.name).toMatch(/\.csv$/);
  const rows = table.text.trimEnd().split("\r\n");
  expect(rows).toHaveLength(1501);
  expect(rows[0]).toMatch(/^\uFEFFid,occurred_at,/);
  expect(rows[1]).toContain(',step 2999,"{""role"":""group_user""}",page,192.0.2.7');
  await expect(page.getByRole("status").filter({ hasText: "Exported 1,500 events." })).toBeVisible();

  await page.goto(`${logOf(tenant.group)}?action=audit_log.exported`);
  await expect(eventRows(page)).toHaveCount(2);
  await expect(eventRows(page).first()).toContainText("Format: CSV");
});

test("an export is refused without the permission, and the page of a former admin says so", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 3);
  const origin = new URL(process.env.E2E_URL ?? "").origin;
  const post = async (path: string, headers: Record<string, string> = { origin }) =>
    (await page.request.post(path, { headers })).status();
  const address = `${logOf(tenant.group)}/export?format=csv`;
  expect(await post(address)).toBe(200);
  expect(await post(address, {})).toBe(403);
  expect(await post(address, { origin: "https://evil.example" })).toBe(403);
  expect(await post(`${address}&from=nonsense`)).toBe(400);
  expect(await post(`${address}&user=x`)).toBe(400);
  expect(await post(`${logOf(tenant.group)}/export`)).toBe(400);
  expect((await page.request.get(address)).status()).toBe(405);
  expect(await post(`/organizations/${tenant.organization.id}/audit-log/export?format=csv`)).toBe(403);
  expect(await post(`${logOf(tenant.otherGroup)}/export?format=csv`)).toBe(404);
  expect(await post("/groups/grp_unknown/audit-log/export?format=csv")).toBe(404);

  await page.goto(logOf(tenant.group));
  await signInAs(tenant.group.user);
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page.getByRole("status").filter({ hasText: "You are not allowed to do this." })).toBeVisible();
  expect(await post(address)).toBe(403);
  await page.context().clearCookies();
  expect(await post(address)).toBe(401);
});

test("only an organization's admin reads its log, which has the events outside its groups", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { organization, group } = tenant;
  const path = `/organizations/${organization.id}/audit-log`;
  await seedEvents({ organizationId: organization.id, groupId: null }, tenant.organizationAdmin, 2);
  await seedEvents({ organizationId: organization.id, groupId: group.id }, group.admin, 5);
  await signInAs(tenant.organizationAdmin);
  await page.goto(path);
  await expect(page.getByRole("tab", { name: "Audit Log" })).toHaveAttribute("aria-selected", "true");
  await expect(eventRows(page)).toHaveCount(2);
  const { text } = await exportWith(page, "Export JSON Lines");
  expect(text.trimEnd().split("\n")).toHaveLength(3);
  expect((await page.goto(logOf(group)))?.status()).toBe(403);

  await signInAs(group.admin);
  expect((await page.goto(path))?.status()).toBe(403);
  await signInAs(group.user);
  for (const forbidden of [path, logOf(group)]) expect((await page.goto(forbidden))?.status()).toBe(403);
  expect((await page.goto(logOf(tenant.otherGroup)))?.status()).toBe(404);
});

test("an organization's log shows and exports a deleted group's log, but not an existing group's", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { organization, organizationAdmin, group, otherGroup } = tenant;
  const path = `/organizations/${organization.id}/audit-log`;
  await seedEvents({ organizationId: organization.id, groupId: group.id }, group.admin, 5);
  await signInAs(organizationAdmin);
  expect((await page.goto(`${path}?group=${group.id}`))?.status()).toBe(404);
  await deleteTenantGroup(tenant);
  await page.goto(path);
  await eventRows(page).filter({ hasText: "Deleted group" }).getByRole("link", { name: "Show its log" }).click();
  await expect(page).toHaveURL(`${path}?group=${group.id}`);
  await expect(eventRows(page)).toHaveCount(5);
  await expectAccessible(page);
  await page.getByLabel("Action").selectOption("Added member");
  await expect(eventRows(page)).toHaveCount(3);
  const { name, text } = await exportWith(page, "Export JSON Lines");
  expect(name).toContain(group.name.toLowerCase().replace(" ", "-"));
  expect(text.trimEnd().split("\n")).toHaveLength(3);
  await page.getByRole("link", { name: `Deleted group: ${group.name} (remove this filter)` }).click();
  await expect(page).toHaveURL(path);
  await expect(eventRows(page).first()).toContainText("Exported audit log");
  await expect(eventRows(page).first()).toContainText(group.name);

  await signInAs(otherGroup.admin);
  expect((await page.goto(`${path}?group=${group.id}`))?.status()).toBe(403);
  expect((await page.goto(`${logOf(otherGroup)}?group=${group.id}`))?.status()).toBe(404);
});

test("the log has denied attempts and uses of a revoked token", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const { dialog, secret } = await createToken(page, "nightly");
  await leaveUncopied(dialog);
  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Revoke Token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Token" }).click();
  await expect(page.getByRole("button", { name: "Revoked" })).toBeVisible();
  expect(await statusOfSelf(secret)).toBe(401);

  await page.goto(tabOf(tenant.group));
  await signInAs(tenant.group.user);
  await page.getByRole("button", { name: "Revoked" }).click();
  await page.getByRole("menuitem", { name: "Reactivate Token" }).click();
  await expect(page.getByText("You are not allowed to do this.")).toBeVisible();

  await signInAs(tenant.group.admin);
  await expect(async () => {
    await page.goto(logOf(tenant.group));
    const used = eventRows(page).filter({ hasText: "Used access token that is no longer good" });
    await expect(used).toContainText("Token nightly", { timeout: 1000 });
    await expect(used).toContainText("API");
    const denied = eventRows(page).filter({ hasText: "Was denied" });
    await expect(denied).toContainText("Attempt: change an access token", { timeout: 1000 });
    await expect(denied).toContainText(tenant.group.user.name);
  }).toPass();
});

for (const [width, colorScheme] of [
  [1280, "light"],
  [768, "light"],
  [320, "dark"],
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("the log has no serious accessibility finding and does not scroll sideways", async ({
      page,
      tenant,
      signInAs,
    }) => {
      await signInAs(tenant.group.admin);
      await openTab(page, tenant.group);
      const { dialog } = await createToken(page, `A very long name ${"w".repeat(200)}`);
      await leaveUncopied(dialog);
      await seedEvents({ organizationId: tenant.organization.id, groupId: tenant.group.id }, tenant.group.user, 60);
      await page.goto(logOf(tenant.group));
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.getByRole("link", { name: "A very long name" }).click();
      await expect(page).toHaveURL(/token=/);
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.goto(`${page.url()}&action=group.created`);
      await expect(page.getByRole("heading", { name: "No matching events" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    });
  });
}
