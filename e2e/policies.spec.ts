import type { Locator, Page } from "playwright/test";
import { message, openCreateDialog, openTab, rowOf, tabOf } from "./support/access-tokens";
import { expectAccessible, expectAccessibleInEachLook } from "./support/accessibility";
import { fact } from "./support/activity";
import { eventRows, logOf } from "./support/audit-log";
import {
  createInDomain,
  inDays,
  setPolicy,
  storePolicy,
  tokenNoticedAsUnused,
  tokenRevokedAsUnused,
} from "./support/policies";
import { dateIn, openRotateDialog } from "./support/rotation";
import { expect, test } from "./support/test";

const settingsOf = ({ id }: { id: string }) => `/groups/${id}/settings`;

async function openPolicies(page: Page, path: string): Promise<Locator> {
  await page.goto(path);
  const section = page.getByRole("region", { name: "Policies" });
  await expect(section.getByRole("heading", { name: "Policies" })).toBeVisible();
  return section;
}

const lifetime = (section: Locator) => section.getByLabel("Longest lifetime (days)");
const adminRole = (section: Locator) => section.getByLabel("Allow the admin role");
const unused = (section: Locator) => section.getByLabel("Revoke tokens not used for (days)");
const save = (section: Locator) => section.getByRole("button", { name: "Save", exact: true }).click();

test("a group admin sees what a policy would hit, saves it, and finds those tokens by the link", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { admin, scope } = tenant.group;
  await createInDomain(admin, scope, { name: "for long", expiresAt: inDays(200) });
  await createInDomain(admin, scope, { name: "with admin role", admin: true });
  await createInDomain(admin, scope, { name: "fits" });
  await signInAs(admin);
  const section = await openPolicies(page, settingsOf(tenant.group));
  await expect(section).toContainText("All active tokens meet this policy.");
  await expect(lifetime(section)).toHaveAccessibleDescription(/The operator’s limit is 365 days/);
  await expect(unused(section)).toHaveAccessibleDescription(/Empty: never\./);

  await lifetime(section).fill("60");
  await expect(section.getByRole("link", { name: "1 token doesn’t meet this policy" })).toBeVisible();
  await adminRole(section).uncheck();
  await expect(section.getByRole("link", { name: "2 tokens don’t meet this policy" })).toBeVisible();
  await expectAccessible(page);
  await save(section);
  await expect(message(page)).toHaveText("The policy was saved.");
  await expect(lifetime(section)).toHaveValue("60");

  await page.reload();
  await expect(lifetime(section)).toHaveValue("60");
  await expect(adminRole(section)).not.toBeChecked();
  await section.getByRole("link", { name: "2 tokens don’t meet this policy" }).click();
  await expect(rowOf(page, "for long")).toBeVisible();
  await expect(rowOf(page, "with admin role")).toBeVisible();
  await expect(rowOf(page, "fits")).toHaveCount(0);
  await page.getByRole("button", { name: "Doesn’t meet the policy", pressed: true }).click();
  await expect(rowOf(page, "fits")).toBeVisible();
  await page.goto(logOf(tenant.group));
  await expect(eventRows(page).first()).toContainText("Changed policy");
});

test("following the link before saving keeps what was typed", async ({ page, tenant, signInAs }) => {
  const { admin, scope } = tenant.group;
  await createInDomain(admin, scope, { name: "for long", expiresAt: inDays(200), admin: true });
  await signInAs(admin);
  const section = await openPolicies(page, settingsOf(tenant.group));
  await lifetime(section).fill("60");
  await adminRole(section).uncheck();
  await unused(section).fill("90");
  await section.getByRole("link", { name: "1 token doesn’t meet this policy" }).click();
  await expect(rowOf(page, "for long")).toBeVisible();
  await page.goBack();
  await expect(lifetime(section)).toHaveValue("60");
  await expect(adminRole(section)).not.toBeChecked();
  await expect(unused(section)).toHaveValue("90");
  await expect(section.getByRole("link", { name: "1 token doesn’t meet this policy" })).toBeVisible();
  await save(section);
  await expect(message(page)).toHaveText("The policy was saved.");
  await expect(section).not.toContainText("It is not saved yet.");
  await page.reload();
  await expect(lifetime(section)).toHaveValue("60");
});

test("what is refused stays, is marked, and says whose bound it is", async ({ page, tenant, signInAs }) => {
  const { group, organization, organizationAdmin } = tenant;
  await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 90, allowsAdminRole: false });
  await signInAs(group.admin);
  const section = await openPolicies(page, settingsOf(group));
  await expect(adminRole(section)).toBeDisabled();
  await expect(adminRole(section)).toHaveAccessibleDescription(
    "The organization’s policy doesn’t allow the admin role.",
  );
  await unused(section).fill("a month");
  await lifetime(section).fill("91");
  await save(section);
  await expect(unused(section)).toHaveAttribute("aria-invalid", "true");
  await expect(unused(section)).toHaveAccessibleDescription(/Enter a whole number of days, or nothing\./);
  await expect(unused(section)).toHaveValue("a month");
  await unused(section).fill("30");
  await save(section);
  await expect(lifetime(section)).toHaveAccessibleDescription(
    /The organization’s policy is 90 days\. Enter at most that/,
  );
  await expect(lifetime(section)).toBeFocused();
  await expect(lifetime(section)).toHaveValue("91");
  await lifetime(section).fill("90");
  await save(section);
  await expect(message(page)).toHaveText("The policy was saved.");
  await setPolicy(group.admin, group.scope, { longestLifetimeDays: 7 });
  await lifetime(section).fill("8");
  await save(section);
  await expect(section.getByRole("alert")).toContainText("Somebody has changed this policy meanwhile");
  await expect(lifetime(section)).toHaveValue("8");
});

test("a stored looser policy does not fail the form, and stays where it is not changed", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group, organization, organizationAdmin } = tenant;
  await storePolicy(organization.id, group.scope, { longestLifetimeDays: 300 });
  await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 30, allowsAdminRole: false });
  await signInAs(group.admin);
  const section = await openPolicies(page, settingsOf(group));
  await unused(section).fill("45");
  await save(section);
  await expect(message(page)).toHaveText("The policy was saved.");
  await page.reload();
  await expect(lifetime(section)).toHaveValue("300");
  await expect(unused(section)).toHaveValue("45");
  await setPolicy(organizationAdmin, organization.scope, { allowsAdminRole: true });
  await page.reload();
  await expect(adminRole(section)).toBeChecked();
});

test("an organization admin sets what holds for its own tokens and for its groups'", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group, organization, organizationAdmin } = tenant;
  await createInDomain(group.admin, group.scope, { expiresAt: inDays(100) });
  await createInDomain(group.admin, group.scope, { expiresAt: inDays(100) });
  await createInDomain(organizationAdmin, organization.scope, { expiresAt: inDays(100) });
  await signInAs(organizationAdmin);
  const section = await openPolicies(page, `/organizations/${organization.id}/settings`);
  await lifetime(section).fill("30");
  await expect(section).toContainText(
    "1 token doesn’t meet this policy. 2 tokens of the groups do not meet it either.",
  );
  await save(section);
  await expect(message(page)).toHaveText("The policy was saved.");
});

test("only admins are offered the settings", async ({ page, tenant, signInAs }) => {
  const { group, organization, organizationAdmin } = tenant;
  for (const [person, path] of [
    [group.user, settingsOf(group)],
    [organizationAdmin, settingsOf(group)],
    [group.admin, `/organizations/${organization.id}/settings`],
  ] as const) {
    await signInAs(person);
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(403);
    await expect(page.getByRole("region", { name: "Policies" })).toHaveCount(0);
    await page.goto(path.replace(/settings$/, ""));
    await expect(page.getByRole("tab", { name: "Members" })).toBeVisible();
    await expect(page.getByRole("tab", { name: "Settings" })).toHaveCount(0);
  }
});

test("the create dialog offers what the policies allow, and says why not more", async ({ page, tenant, signInAs }) => {
  const { group, organization, organizationAdmin } = tenant;
  await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 20 });
  await setPolicy(group.admin, group.scope, { allowsAdminRole: false });
  await signInAs(group.admin);
  await openTab(page, group);
  const form = await openCreateDialog(page);
  const date = form.getByLabel("Expiration Date");
  await expect(date).toHaveValue(await dateIn(page, 20));
  await expect(date).toHaveAttribute("max", await dateIn(page, 20));
  await expect(form.getByRole("button", { pressed: true })).toHaveText("20 days");
  await expect(form.getByRole("button", { name: "7 days" })).toBeEnabled();
  for (const label of ["30 days", "60 days", "90 days", "1 year"]) {
    await expect(form.getByRole("button", { name: label })).toBeDisabled();
    await expect(form.getByRole("button", { name: label })).toHaveAccessibleDescription(
      "The organization’s policy is 20 days.",
    );
  }
  const admin = form.getByLabel("Admin Role Assignment");
  await expect(admin).toBeDisabled();
  await expect(admin).toHaveAccessibleDescription("The group’s policy doesn’t allow the admin role.");
  await expectAccessible(page);

  await form.getByLabel("Token Name").fill("nightly");
  await date.fill(await dateIn(page, 21));
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(date).toHaveAccessibleDescription(/The organization’s policy “Longest lifetime \(days\)” is 20\./);
  await date.fill(await dateIn(page, 20));
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Created" })).toBeVisible();
});

test("the rotate dialog keeps an expiration beyond the policy, and offers none that is as late", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group } = tenant;
  const token = await createInDomain(group.admin, group.scope, { expiresAt: inDays(100) });
  await setPolicy(group.admin, group.scope, { longestLifetimeDays: 30 });
  await signInAs(group.admin);
  await openTab(page, group);
  const form = await openRotateDialog(page, token);
  await expect(form.getByRole("button", { pressed: true })).toHaveText("Unchanged");
  await expect(form.getByRole("button", { name: "60 days" })).toBeDisabled();
  await expect(form).toContainText("The group’s policy is 30 days.");
  await form.getByLabel("Expiration Date").fill(await dateIn(page, 31));
  await form.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(form.getByLabel("Expiration Date")).toHaveAccessibleDescription(/The group’s policy “Longest lifetime/);
  await form.getByRole("button", { name: "Unchanged" }).click();
  await form.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Rotated" })).toBeVisible();
});

test("the rotate dialog offers no later date to a token whose admin role is not allowed, and says why", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group, organization, organizationAdmin } = tenant;
  const admins = await createInDomain(group.admin, group.scope, { expiresAt: inDays(45), admin: true });
  const users = await createInDomain(group.admin, group.scope, { expiresAt: inDays(45) });
  await setPolicy(organizationAdmin, organization.scope, { allowsAdminRole: false });
  await setPolicy(group.admin, group.scope, { longestLifetimeDays: 80 });
  await signInAs(group.admin);
  await openTab(page, group);
  const why = "The organization’s policy doesn’t allow the admin role, so this token can’t be extended.";
  const form = await openRotateDialog(page, admins);
  const date = form.getByLabel("Expiration Date");
  await expect(form.getByRole("button", { pressed: true })).toHaveText("Unchanged");
  await expect(date).toHaveAttribute("max", await date.inputValue());
  await expect(form.getByRole("button", { name: "30 days" })).toBeEnabled();
  await expect(form.getByRole("button", { name: "60 days" })).toBeDisabled();
  await expect(form.getByRole("button", { name: "60 days" })).toHaveAccessibleDescription(why);
  await expect(form.getByRole("button", { name: "90 days" })).toHaveAccessibleDescription(
    "The group’s policy is 80 days.",
  );
  await expect(form).toContainText(why);
  await expectAccessible(page);
  await date.fill(await dateIn(page, 60));
  await form.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(date).toHaveAccessibleDescription(/“Allow the admin role” is off, so a token with this role can’t be/);
  await form.getByRole("button", { name: "30 days" }).click();
  await form.getByRole("button", { name: "Cancel" }).click();

  await page.goto(`${tabOf(group)}/${users.id}`);
  await openRotateDialog(page, page);
  await expect(form.getByRole("button", { name: "60 days" })).toBeEnabled();
  await expect(form).not.toContainText(why);

  await page.goto(`${tabOf(group)}/${admins.id}`);
  await openRotateDialog(page, page);
  await expect(form.getByRole("button", { name: "60 days" })).toHaveAccessibleDescription(why);
  await form.getByRole("button", { name: "30 days" }).click();
  await form.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Rotated" })).toBeVisible();
});

test("a token that its policy will revoke says until when it has to be used", async ({ page, tenant, signInAs }) => {
  const token = await tokenNoticedAsUnused(tenant);
  await signInAs(tenant.group.admin);
  await page.goto(`${tabOf(tenant.group)}/${token.id}`);
  await expect(page.getByRole("main")).toContainText("This access token will be revoked as unused");
  await expect(page.getByRole("main")).toContainText("The policy revokes tokens that were not used for 30 days.");
  await expectAccessible(page);
});

test("a token that its policy has revoked says so, and can be reactivated", async ({ page, tenant, signInAs }) => {
  const token = await tokenRevokedAsUnused(tenant);
  await signInAs(tenant.group.admin);
  await page.goto(`${tabOf(tenant.group)}/${token.id}`);
  await expect(fact(page, "Revoked")).toContainText("by Policy");
  await page.getByRole("button", { name: "Revoked" }).click();
  await page.getByRole("menuitem", { name: "Reactivate Token" }).click();
  await expect(page.getByRole("button", { name: "Active" })).toBeVisible();
  await page.goto(`${tabOf(tenant.group)}/${token.id}/activity`);
  await expect(page.getByRole("row").filter({ hasText: "Policy" })).toContainText("Revoked access token");
});

test("the section is accessible in each look", async ({ page, tenant, signInAs }) => {
  const { group, organization, organizationAdmin } = tenant;
  await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 20, revokeUnusedAfterDays: 60 });
  await createInDomain(group.admin, group.scope, { expiresAt: inDays(15) });
  await signInAs(group.admin);
  await openPolicies(page, settingsOf(group));
  await expectAccessibleInEachLook(page);
  await page.goto(`${tabOf(group)}?unmet=lifetime-7.no-admin`);
  await expectAccessibleInEachLook(page);
});
