import type { Page } from "playwright/test";
import { closeByEscape, message } from "./support/access-tokens";
import { expectAccessible, expectAccessibleInEachLook } from "./support/accessibility";
import { newOrganizationToken, newToken } from "./support/activity";
import { expect, test } from "./support/test";

const section = (page: Page) => page.getByRole("region", { name: "Calendar" });
const created = (page: Page) => page.getByRole("dialog", { name: "Calendar Link Created" });

test("a group admin creates the calendar link, which is shown once, and revokes it", async ({
  page,
  request,
  tenant,
  signInAs,
}) => {
  const { group } = tenant;
  const token = await newToken(tenant);
  await signInAs(group.admin);
  await page.goto(`/groups/${group.id}/settings`);
  await expect(section(page)).toContainText("There is no link.");
  await section(page).getByRole("button", { name: "Create calendar link" }).click();
  const field = created(page).getByRole("textbox", { name: "Calendar link" });
  const link = await field.inputValue();
  expect(link).toMatch(/^http:\/\/localhost:\d+\/calendar\/[0-9A-Za-z]{43}\.ics$/);
  await expect(field).toBeFocused();
  await expectAccessible(page);
  await created(page).getByRole("button", { name: "Done" }).click();
  const revoke = section(page).getByRole("button", { name: "Revoke link" });
  await expect(revoke).toBeFocused();
  await expect(section(page)).toContainText(`${group.admin.name} created the link on`);

  const calendar = await request.get(link, { headers: { cookie: "" } });
  expect(calendar.status()).toBe(200);
  const text = await calendar.text();
  expect(text).toContain(`UID:${token.id}\r\n`);
  expect(text.replaceAll("\r\n ", "")).toContain(
    `${new URL(link).origin}/groups/${group.id}/access-tokens/${token.id}`,
  );

  await page.reload();
  expect(await page.content()).not.toContain(link.slice(-47, -4));
  await revoke.click();
  const question = page.getByRole("dialog", { name: "Revoke Calendar Link" });
  await question.getByRole("button", { name: "Revoke link" }).click();
  await expect(message(page)).toHaveText("The calendar link was revoked.");
  await expect(section(page).getByRole("button", { name: "Create calendar link" })).toBeFocused();
  expect((await request.get(link)).status()).toBe(404);
});

test("an organization has its own link, and Escape closes the dialog with it", async ({
  page,
  request,
  tenant,
  signInAs,
}) => {
  const { organization, organizationAdmin } = tenant;
  await newToken(tenant, "of the group");
  await newOrganizationToken(tenant, "of the organization");
  await signInAs(organizationAdmin);
  await page.goto(`/organizations/${organization.id}/settings`);
  await section(page).getByRole("button", { name: "Create calendar link" }).click();
  const link = await created(page).getByRole("textbox", { name: "Calendar link" }).inputValue();
  await closeByEscape(created(page));
  const text = await (await request.get(link)).text();
  expect(text).toContain("of the organization");
  expect(text).not.toContain("of the group");
  await expectAccessibleInEachLook(page);
});

test("a link that another admin has created meanwhile is said", async ({ page, context, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  const path = `/groups/${tenant.group.id}/settings`;
  await page.goto(path);
  const other = await context.newPage();
  await other.goto(path);
  await section(other).getByRole("button", { name: "Create calendar link" }).click();
  await expect(created(other)).toBeVisible();
  await section(page).getByRole("button", { name: "Create calendar link" }).click();
  await expect(section(page)).toContainText("There is a calendar link already. Revoke it first.");
});
