import type { Locator, Page } from "playwright/test";
import {
  chooseStatusAction,
  createToken,
  leaveUncopied,
  openCreateDialog,
  openTab,
  rowOf,
  tabOf,
} from "./support/access-tokens";
import { expectAccessibleInEachLook } from "./support/accessibility";
import { newToken, pageOf, revoke, seedDays, useToken } from "./support/activity";
import { seedGroupTokens } from "./support/tokens";
import { addPipeline, githubPipeline, insertRefusal } from "./support/trusted-pipelines";
import { expect, fillAccess, gitlabToken, submitAccess, test } from "./support/version-control";

// Pages, dialogs and menus are each opened once, and looked at in light and dark, and down to 320 px. The dialogs of the
// account, of environment variables and of invitations, and the errors and empty states of a page, are looked at in the
// files of these pages.

// Each run of axe takes a second or two.
test.describe.configure({ timeout: 120_000 });

const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name, exact: true });

/** Opens the dialog by the button, looks at it, and closes it. */
async function expectAccessibleDialog(page: Page, button: Locator, title: string): Promise<void> {
  await button.click();
  await expect(dialogOf(page, title)).toBeVisible();
  await expectAccessibleInEachLook(page);
  await page.keyboard.press("Escape");
  await expect(dialogOf(page, title)).toHaveCount(0);
}

test("the pages of a group", async ({ page, tenant, signInAs }) => {
  await page.goto("/sign-in");
  await expectAccessibleInEachLook(page);
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await expectAccessibleInEachLook(page);
  await seedGroupTokens(tenant.group, 21);
  await seedGroupTokens(tenant.group, 1, { name: `A very long name ${"w".repeat(200)}`, expiresIn: "3 days" });
  const group = `/groups/${tenant.group.id}`;
  for (const path of ["/groups", group, tabOf(tenant.group), `${group}/audit-log`, "/groups/none", "/none"]) {
    await page.goto(path);
    await expectAccessibleInEachLook(page);
  }
});

test("an access token's page and its tabs", async ({ page, tenant, signInAs }) => {
  const { id } = await newToken(tenant, `A very long name ${"w".repeat(200)}`);
  await seedDays(id, { 1: 3, 2: 400 });
  await useToken(id, 40, { address: "2001:db8::1", userAgent: `${"agent-".repeat(8)}/1` });
  await revoke(tenant, id);
  await signInAs(tenant.group.admin);
  for (const tab of ["", "/environment-variables", "/trusted-pipelines", "/activity"]) {
    await page.goto(`${pageOf(tenant, id)}${tab}`);
    await expect(page.getByRole("heading", { name: "A very long name" })).toBeVisible();
    await expectAccessibleInEachLook(page);
  }
});

test("the pages of an organization, a page that is not allowed, the account and the user menu", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.organizationAdmin);
  const organization = `/organizations/${tenant.organization.id}`;
  const tabs = ["", "/members", "/access-tokens", "/audit-log"].map((tab) => `${organization}${tab}`);
  for (const path of ["/groups", ...tabs, tabOf(tenant.group), "/account"]) {
    await page.goto(path);
    await expectAccessibleInEachLook(page);
  }
  await page.getByRole("button", { name: tenant.organizationAdmin.name }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessibleInEachLook(page);
});

test("the creation of an access token, with its errors, its question, its ready lines and its message", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const form = await openCreateDialog(page);
  await expectAccessibleInEachLook(page);
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByLabel("Token Name")).toHaveAttribute("aria-invalid", "true");
  await expectAccessibleInEachLook(page);
  await form.getByLabel("Token Name").fill("typed");
  await page.keyboard.press("Escape");
  const question = dialogOf(page, "Discard what you typed?");
  await expect(question).toBeVisible();
  await expectAccessibleInEachLook(page);
  await question.getByRole("button", { name: "Discard" }).click();

  const { dialog } = await createToken(page, "shown");
  for (const name of ["curl", ".env", "GitLab CI", "GitHub Actions"]) {
    await dialog.getByRole("tab", { name }).click();
    await expectAccessibleInEachLook(page);
  }
  await leaveUncopied(dialog);
  await expect(page.getByRole("button", { name: "Dismiss" })).toBeVisible();
  await expectAccessibleInEachLook(page);
});

test("what is done to access tokens: menu, questions, selection and Edit", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 1, { name: "shown" });
  await seedGroupTokens(tenant.group, 1, { name: "ended", expiresIn: "-1 day" });
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await rowOf(page, "shown").getByRole("button", { name: "Active" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessibleInEachLook(page);
  await page.keyboard.press("Escape");
  for (const action of ["Revoke Token", "Delete Token"]) {
    await chooseStatusAction(page, "shown", action);
    await expect(dialogOf(page, action)).toBeVisible();
    await expectAccessibleInEachLook(page);
    await page.keyboard.press("Escape");
  }
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const bar = page.getByRole("group", { name: "Selected access tokens" });
  await expect(bar).toBeVisible();
  await expectAccessibleInEachLook(page);
  for (const name of ["Revoke", "Reactivate", "Delete"]) {
    await expectAccessibleDialog(page, bar.getByRole("button", { name, exact: true }), name);
  }
  await page.getByRole("link", { name: "shown" }).click();
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Edit", exact: true }), "Edit");
});

test("the tab Trusted Pipelines and its dialogs", async ({ page, tenant, token, signInAs }) => {
  await addPipeline(tenant.group.admin, token.id, { project: `group/${"w".repeat(200)}`, environment: "production" });
  await addPipeline(tenant.group.admin, token.id, { ...githubPipeline, ref: "refs/tags/v*", mergeRequests: true });
  await insertRefusal(token);
  await signInAs(tenant.group.admin);
  await page.goto(`${pageOf(tenant, token.id)}/trusted-pipelines`);
  await expectAccessibleInEachLook(page);
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Remove" }).first(), "Remove");
  await page.getByRole("button", { name: "Allow this" }).click();
  const dialog = dialogOf(page, "Add Trusted Pipeline");
  await dialog.getByText("The provider can’t be reached from here").click();
  await dialog.getByLabel("Lifetime").fill("90");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByLabel("Lifetime")).toHaveAttribute("aria-invalid", "true");
  await expectAccessibleInEachLook(page);
});

test("the tab Version Control Access and its dialogs", async ({ page, form, gitlab }) => {
  await expectAccessibleInEachLook(page);
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("personal") });
  await submitAccess(form);
  const confirmation = form.getByRole("checkbox", { name: "Use a personal token anyway" });
  await expect(confirmation).toBeVisible();
  await expectAccessibleInEachLook(page);
  await confirmation.check();
  await submitAccess(form);
  await expect(form).toHaveCount(0);
  await expectAccessibleInEachLook(page);
  for (const name of ["Edit", "Replace token", "Remove"]) {
    const button = page.getByRole("row").getByRole("button", { name, exact: true });
    await expectAccessibleDialog(page, button, name);
  }
});

test("the dialogs of members, invitations and groups", async ({ page, tenant, signInAs }) => {
  const { admin, user, id, name: groupName } = tenant.group;
  await signInAs(admin);
  await page.goto(`/groups/${id}`);
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Add Member" }), "Add Member");
  await page.getByLabel(`Role of ${user.name}`).selectOption("Group admin");
  await expect(dialogOf(page, `Make ${user.name} group admin?`)).toBeVisible();
  await expectAccessibleInEachLook(page);
  await page.keyboard.press("Escape");
  await expectAccessibleDialog(page, page.getByRole("button", { name: `Remove ${user.name}` }), "Remove Member");

  await signInAs(tenant.organizationAdmin);
  await page.goto(`/groups/${id}`);
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Join Group" }), "Join Group");
  const organization = `/organizations/${tenant.organization.id}`;
  await page.goto(`${organization}/members`);
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Invite Member" }), "Invite Member");
  await page.goto(organization);
  await expectAccessibleDialog(page, page.getByRole("button", { name: "Create Group" }), "Create Group");
  for (const name of ["Rename", "Delete"]) {
    const button = rowOf(page, groupName).getByRole("button", { name, exact: true });
    await expectAccessibleDialog(page, button, `${name} Group`);
  }
});
