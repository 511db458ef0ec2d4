import type { Locator, Page } from "playwright/test";
import {
  chooseStatusAction,
  createToken,
  leaveUncopied,
  openCreateDialog,
  openTab,
  rowOf,
} from "./support/access-tokens";
import { newToken, pageOf, useToken } from "./support/activity";
import { seedAttention } from "./support/attention";
import { setPassword } from "./support/invitations";
import { rotateElsewhere } from "./support/rotation";
import { tokenPath } from "./support/token-acts";
import { seedGroupTokens } from "./support/tokens";
import { addPipeline } from "./support/trusted-pipelines";
import { expect, fillAccess, gitlabToken, submitAccess, test } from "./support/version-control";

// The quoted words of product.md, "Pages and labels": each is the exact accessible name of what is on the page. What
// isn't built yet is missing: settings and rotation.

type Labels = {
  headings?: string[];
  tabs?: string[];
  buttons?: string[];
  columns?: string[];
  fields?: string[];
  items?: string[];
  texts?: string[];
};

/** Expects that the place has each of the labels. */
async function expectLabels(place: Page | Locator, labels: Labels): Promise<void> {
  const { headings = [], tabs = [], buttons = [], columns = [], fields = [], items = [], texts = [] } = labels;
  for (const name of headings) await expect(place.getByRole("heading", { name, exact: true })).toBeVisible();
  for (const name of tabs) await expect(place.getByRole("tab", { name, exact: true })).toBeVisible();
  for (const name of buttons) await expect(place.getByRole("button", { name, exact: true })).toBeVisible();
  for (const name of columns) await expect(place.getByRole("columnheader", { name, exact: true })).toBeVisible();
  for (const name of fields) await expect(place.getByLabel(name, { exact: true })).toBeVisible();
  for (const name of items) await expect(place.getByRole("menuitem", { name, exact: true })).toBeVisible();
  for (const text of texts) await expect(place.getByText(text, { exact: true })).toBeVisible();
}

const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name, exact: true });

test("sign-in, the user menu and the account", async ({ page, tenant, signInAs }) => {
  await page.goto("/sign-in");
  await expectLabels(page, { headings: ["Sign in"], fields: ["Email", "Password"], buttons: ["Sign in"] });
  await setPassword(tenant.group.admin);
  await signInAs(tenant.group.admin);
  await page.goto("/groups");
  await page.getByRole("button", { name: tenant.group.admin.name }).click();
  await expectLabels(page, { items: ["Account", "API Documentation", "Sign out"] });
  for (const name of ["System", "Light", "Dark"]) {
    await expect(page.getByRole("group", { name: "Theme" }).getByRole("menuitemradio", { name })).toBeVisible();
  }
  await page.getByRole("menuitem", { name: "Account" }).click();
  await expectLabels(page, {
    headings: ["Account", "Sessions"],
    buttons: ["Sign Out Everywhere Else"],
    texts: ["This session"],
  });
  await page.getByRole("button", { name: "Change Password", exact: true }).click();
  const password = dialogOf(page, "Change Password");
  await expectLabels(password, { fields: ["Current Password", "New Password"], buttons: ["Change"] });
});

test("groups and organizations", async ({ page, tenant, signInAs }) => {
  await seedAttention(tenant.group);
  await signInAs(tenant.group.admin);
  await page.goto("/groups");
  await expectLabels(page, { headings: ["Groups"] });
  await expect(page.getByRole("region", { name: "Needs attention", exact: true })).toBeVisible();
  await page.goto(`/groups/${tenant.group.id}`);
  await expectLabels(page, { tabs: ["Members", "Access Tokens", "Audit Log", "Settings"] });
  await expect(page.getByText(`${tenant.group.admin.name} (you)`, { exact: true })).toBeVisible();
  await signInAs(tenant.organizationAdmin);
  await page.goto(`/organizations/${tenant.organization.id}`);
  await expectLabels(page, { tabs: ["Groups", "Members", "Access Tokens", "Audit Log", "Settings"] });
});

test("access tokens", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const form = await openCreateDialog(page);
  await expectLabels(form, {
    fields: ["Token Name", "Expiration Date", "Description", "Admin Role Assignment"],
    buttons: ["7 days", "30 days", "60 days", "90 days", "1 year", "Create", "Cancel"],
  });
  await form.getByRole("button", { name: "Cancel" }).click();
  const { dialog } = await createToken(page, "nightly");
  await expect(dialogOf(page, "Access Token Created")).toBeVisible();
  await expectLabels(dialog, { buttons: ["Done"], tabs: ["curl", ".env", "GitLab CI", "GitHub Actions"] });
  await expect(dialog.getByRole("button", { name: "Copy", exact: true }).first()).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Access Token", exact: true })).toBeVisible();
  await expect(dialog).toContainText(
    "You will not be able to view the token again after you leave or refresh the page.",
  );
  await leaveUncopied(dialog);

  const columns = ["Name", "Technical User", "Role", "Created", "Last Used", "Expires", "Status"];
  await expectLabels(page, { columns, buttons: ["Create Access Token"], fields: ["Created by"] });
  await expect(page.getByRole("checkbox", { name: "Select nightly", exact: true })).toBeVisible();
  const status = rowOf(page, "nightly").getByRole("button", { name: "Active", exact: true });
  await expect(status).toHaveAccessibleDescription("nightly");
  await status.click();
  await expect(page.getByRole("menu")).toHaveAccessibleDescription("nightly");
  await expectLabels(page, { items: ["Rotate Token", "Revoke Token", "Delete Token"] });
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await chooseStatusAction(page, "nightly", "Rotate Token");
  await expectLabels(dialogOf(page, "Rotate Token"), {
    fields: ["Old secret ends", "Expiration Date"],
    buttons: ["Rotate", "Cancel"],
  });
  await dialogOf(page, "Rotate Token").getByLabel("Old secret ends").selectOption("At a date");
  await expectLabels(dialogOf(page, "Rotate Token"), { fields: ["Date"] });
  await dialogOf(page, "Rotate Token").getByRole("button", { name: "Cancel" }).click();
  for (const action of ["Delete Token", "Revoke Token"]) {
    await chooseStatusAction(page, "nightly", action);
    await expectLabels(dialogOf(page, action), { buttons: ["Cancel", action] });
    if (action === "Delete Token") await page.keyboard.press("Escape");
  }
  await dialogOf(page, "Revoke Token").getByRole("button", { name: "Revoke Token" }).click();
  await expectLabels(page, { buttons: ["Undo"] });
  await rowOf(page, "nightly").getByRole("button", { name: "Revoked", exact: true }).click();
  await expectLabels(page, { items: ["Reactivate Token", "Delete Token"] });
});

test("the list's filters, sorts and selection", async ({ page, tenant, signInAs }) => {
  await seedGroupTokens(tenant.group, 21);
  await seedGroupTokens(tenant.group, 1, { name: "soon", expiresIn: "3 days" });
  await seedGroupTokens(tenant.group, 1, { name: "ended", expiresIn: "-1 day" });
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await expectLabels(page, {
    buttons: ["Expires soon", "Never used", "Not used for 30 days"],
    fields: ["Status", "Created by"],
  });
  for (const name of ["Name", "Created", "Last Used", "Expires"]) {
    await expect(page.getByRole("columnheader", { name, exact: true }).getByRole("button")).toBeVisible();
  }
  const expiresSoon = page.getByRole("button", { name: "Expires soon", exact: true });
  await expiresSoon.click();
  await expectLabels(rowOf(page, "soon"), { buttons: ["Active"], texts: ["Expires soon"] });
  await expiresSoon.click();
  await expect(expiresSoon).toHaveAttribute("aria-pressed", "false");
  await page.getByLabel("Status", { exact: true }).selectOption("Expired");
  await expectLabels(rowOf(page, "ended"), { buttons: ["Expired"] });
  await page.getByLabel("Status", { exact: true }).selectOption("Active");
  await expect(rowOf(page, "ended")).toHaveCount(0);
  await page
    .getByRole("checkbox", { name: /^Select token-/ })
    .first()
    .check();
  const bar = page.getByRole("group", { name: "Selected access tokens" });
  await expectLabels(bar, {
    buttons: ["Revoke", "Reactivate", "Delete", "Select all matching"],
    texts: ["1 selected"],
  });
});

test("an access token's header and its tab Activity", async ({ page, tenant, signInAs }) => {
  const { id } = await newToken(tenant, "hil-bench-07");
  await useToken(id, 1, { address: "192.0.2.7", userAgent: "curl/8" });
  await signInAs(tenant.group.admin);
  await page.goto(`${pageOf(tenant, id)}/activity`);
  await expect(page).toHaveTitle(`hil-bench-07 · ${tenant.group.name} · veHaaS`);
  await expectLabels(page, {
    headings: ["hil-bench-07", "Last used from"],
    tabs: ["Version Control Access", "Environment Variables", "Trusted Pipelines", "Activity"],
    buttons: ["Active", "Edit", "Copy ID"],
  });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = dialogOf(page, "Edit");
  await expectLabels(dialog, { fields: ["Token Name", "Description"], buttons: ["Save", "Cancel"] });
});

async function addVariable(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Environment Variables" }).click();
  await page.getByRole("button", { name: "Add Variable" }).click();
  const dialog = dialogOf(page, "Add Variable");
  await expectLabels(dialog, { fields: ["Name", "Value"], buttons: ["Confirm"] });
  await dialog.getByLabel("Name").fill("HOST");
  await dialog.getByLabel("Value").fill("bench");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog).toHaveCount(0);
}

test("a rotation that is pending", async ({ page, tenant, token, signInAs }) => {
  await rotateElsewhere(tenant, token);
  await signInAs(tenant.group.admin);
  await page.goto(tokenPath(tenant, token));
  await expectLabels(page, {
    buttons: ["Edit", "Rotate Token", "Copy ID", "End old secret now", "Keep the old secret"],
  });
});

test("the tab Trusted Pipelines and its dialog", async ({ page, tenant, token, signInAs }) => {
  await addPipeline(tenant.group.admin, token.id);
  await signInAs(tenant.group.admin);
  await page.goto(`${tokenPath(tenant, token)}/trusted-pipelines`);
  await expectLabels(page, {
    headings: ["Refused"],
    columns: ["Provider", "Project", "Condition", "Lifetime", "Last Used"],
    tabs: ["GitLab CI", "GitHub Actions"],
    buttons: ["Remove", "Copy"],
  });
  await page.getByRole("button", { name: "Add Trusted Pipeline", exact: true }).click();
  const dialog = dialogOf(page, "Add Trusted Pipeline");
  const common = ["Provider Type", "Provider URL", "Project", "Project ID", "Ref Type", "Branch or Tag", "Environment"];
  const more = ["Also merge/pull requests", "Lifetime"];
  await expectLabels(dialog, { fields: [...common, "Protected branches and tags only", ...more], buttons: ["Add"] });
  await dialog.getByLabel("Provider Type").selectOption("GitHub");
  await expectLabels(dialog, { fields: [...common, "Owner ID", ...more] });
  await dialog.getByText("The provider can’t be reached from here").click();
  await expectLabels(dialog, { fields: ["Public Keys"] });
});

test("an access token's page", async ({ page, form, gitlab }) => {
  await expectLabels(form, {
    fields: ["Provider Type", "Provider URL", "Access Token", "Token Scope", "Project/Group ID", "Allowed Tags"],
    buttons: ["Add"],
  });
  await expect(form.getByRole("checkbox", { name: "Run untagged jobs", exact: true })).toBeVisible();
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("personal") });
  await submitAccess(form);
  await form.getByRole("checkbox", { name: "Use a personal token anyway", exact: true }).check();
  await submitAccess(form);
  await expectLabels(page, {
    tabs: ["Version Control Access", "Environment Variables"],
    buttons: ["Add Access", "Check", "Replace token", "Remove"],
  });
  await page.getByRole("button", { name: "Replace token" }).click();
  await expect(dialogOf(page, "Replace token")).toBeVisible();
  await page.keyboard.press("Escape");

  await addVariable(page);
  await expectLabels(page, { buttons: ["Add Variable", "Paste .env", "Replace", "Remove"] });
});

test("buttons of a row keep their names, and are described by what the row is about", async ({
  page,
  form,
  gitlab,
}) => {
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
  await submitAccess(form);
  for (const name of ["Check", "Edit", "Replace token", "Remove"]) {
    const button = page.getByRole("row").getByRole("button", { name, exact: true });
    await expect(button).toHaveAccessibleDescription(new RegExp(gitlab.url));
  }
  await addVariable(page);
  for (const name of ["Replace", "Remove"]) {
    await expect(page.getByRole("button", { name, exact: true })).toHaveAccessibleDescription("HOST");
  }
});
