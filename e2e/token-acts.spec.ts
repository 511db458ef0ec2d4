import type { Page } from "playwright/test";
import { chooseStatusAction, message, openTab, rowOf, tabOf } from "./support/access-tokens";
import { elsewhere, remove, revoke, tokenPath } from "./support/token-acts";
import { expect, fillAccess, gitlabToken, startRunner, submitAccess, test } from "./support/version-control";

// The network is known once the uses are written.
const lastUse = /^Last used (just now|\d+ minutes? ago)( from [\da-f.:]+\/\d+)?\.$/;

const statusButton = (page: Page, name: string, status: string) =>
  rowOf(page, name).getByRole("button", { name: status, exact: true });

test("the questions say what is lost: last use, runners, accesses and variables", async ({
  page,
  tenant,
  token,
  gitlab,
  form,
}) => {
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
  await submitAccess(form);
  await expect(form).toHaveCount(0);
  await elsewhere(tenant, token).addVariable("ONE");
  for (const tag of ["hil", "sil"]) await startRunner(token.secret, gitlab.url, [tag]);
  await elsewhere(tenant, token).use("3 minutes");
  await page.goto(tokenPath(tenant, token));

  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Delete Token" }).click();
  const remove = page.getByRole("dialog", { name: "Delete Token" });
  await expect(remove.getByRole("listitem")).toHaveText([
    lastUse,
    "2 runners are unregistered.",
    "1 version control access and 1 environment variable are removed.",
  ]);
  await expect(remove).toContainText("refused from now on, and its settings are removed.");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Revoke Token" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke Token" });
  await expect(revoke.getByRole("listitem")).toHaveText([
    lastUse,
    "2 runners are unregistered; reactivating does not bring them back.",
  ]);
  await revoke.getByRole("button", { name: "Revoke Token" }).click();
  await expect(message(page)).toHaveText(`“${token.name}” was revoked.`);

  await page.getByRole("button", { name: "Revoked" }).click();
  await page.getByRole("menuitem", { name: "Delete Token" }).click();
  await expect(remove).toContainText("It is refused already; its settings are removed.");
  await expect(remove).not.toContainText("from now on");
  await expect(remove).not.toContainText("runner");
});

test("facts that can't be looked up, or are slow, don't keep anybody from revoking", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.route("**/consequences", (route) => route.abort());
  await chooseStatusAction(page, token.name, "Revoke Token");
  const question = page.getByRole("dialog", { name: "Revoke Token" });
  await expect(question).toContainText("What uses it could not be looked up. You can go on all the same.");
  await page.keyboard.press("Escape");

  await page.unroute("**/consequences");
  const answer = Promise.withResolvers<void>();
  await page.route("**/consequences", async (route) => {
    await answer.promise;
    await route.abort();
  });
  await chooseStatusAction(page, token.name, "Revoke Token");
  await expect(question.getByRole("status")).toHaveText("Looking up what uses it…");
  await question.getByRole("button", { name: "Revoke Token" }).click();
  await expect(statusButton(page, token.name, "Revoked")).toBeFocused();
  answer.resolve();
});

test("a revocation can be undone from its message", async ({ page, tenant, token, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await revoke(page, token.name);
  await expect(message(page)).toHaveText(`“${token.name}” was revoked.`);
  await expect(statusButton(page, token.name, "Revoked")).toBeFocused();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(message(page)).toHaveText(`“${token.name}” is active again.`);
  await expect(statusButton(page, token.name, "Active")).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
});

test("a message outlives a navigation, and its Undo says that a token has expired meanwhile", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await revoke(page, token.name);
  await expect(message(page)).toHaveText(`“${token.name}” was revoked.`);
  await page.getByRole("tab", { name: "Audit Log" }).click();
  await expect(page).toHaveURL(/audit-log/);
  await elsewhere(tenant, token).expire();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(message(page)).toHaveText(/has expired and can’t be reactivated/);
});

test("Undo does not take back what somebody else has revoked again meanwhile", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await revoke(page, token.name);
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await elsewhere(tenant, token).reactivate();
  await elsewhere(tenant, token).revoke();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(message(page)).toHaveText(/^Someone has changed this access token meanwhile\./);
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expect(statusButton(page, token.name, "Revoked")).toBeVisible();
});

test("a message does not outlive the session", async ({ page, tenant, token, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await revoke(page, token.name);
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.getByRole("button", { name: tenant.group.admin.name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(message(page)).toHaveText("");
  await expect(page.getByText(token.name)).toHaveCount(0);
});

test("a deletion is announced, and the focus goes to the next row, then to the one before", async ({
  page,
  tenant,
  signInAs,
}) => {
  for (const name of ["alpha", "beta", "gamma"]) await elsewhere(tenant).create(name);
  await signInAs(tenant.group.admin);
  await page.goto(`${tabOf(tenant.group)}?sort=name`);
  for (const [name, next] of [
    ["beta", "gamma"],
    ["gamma", "alpha"],
  ] as const) {
    await remove(page, name);
    await expect(message(page)).toHaveText(`“${name}” was deleted.`);
    await expect(page.getByRole("link", { name: next })).toBeFocused();
  }
});

test("a deletion on the token's page is announced on the list", async ({ page, tenant, token, signInAs }) => {
  await signInAs(tenant.group.admin);
  await page.goto(tokenPath(tenant, token));
  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Delete Token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete Token" }).click();
  await expect(page).toHaveURL(tabOf(tenant.group));
  await expect(message(page)).toHaveText(`“${token.name}” was deleted.`);
});

test("a token that somebody has deleted meanwhile is reported, and the list can be reloaded", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await elsewhere(tenant).create("stays");
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await chooseStatusAction(page, token.name, "Revoke Token");
  await elsewhere(tenant, token).remove();
  const question = page.getByRole("dialog", { name: "Revoke Token" });
  await question.getByRole("button", { name: "Revoke Token" }).click();
  await expect(question.getByRole("alert")).toHaveText("Somebody has deleted it meanwhile.");
  await question.getByRole("button", { name: "Reload the list" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(rowOf(page, token.name)).toHaveCount(0);
  await expect(page.getByRole("link", { name: "stays" })).toBeFocused();
});

test("name and description are edited on the token's page", async ({ page, tenant, token, signInAs }) => {
  await elsewhere(tenant).create("taken");
  await signInAs(tenant.group.admin);
  await page.goto(tokenPath(tenant, token));
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit" });
  await expect(dialog.getByLabel("Token Name")).toBeFocused();
  await dialog.getByLabel("Token Name").fill("Taken");
  await dialog.getByLabel("Description").fill("Bench 07");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Token Name")).toHaveAccessibleDescription(/already exists/);
  await expect(dialog.getByLabel("Description")).toHaveValue("Bench 07");
  await dialog.getByLabel("Token Name").fill("weekly");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "weekly" })).toBeVisible();
  await expect(page.getByText("Bench 07", { exact: true })).toBeVisible();
  await expect(message(page)).toHaveText("The changes of “weekly” were saved.");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeFocused();
  await page.goto(`/groups/${tenant.group.id}/audit-log`);
  await expect(rowOf(page, "Renamed access token")).toContainText("Bench 07");
});

test("an edit takes back nothing that somebody else has changed meanwhile", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await page.goto(tokenPath(tenant, token));
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit" });
  await dialog.getByLabel("Description").fill("Bench 07");
  await elsewhere(tenant, token).rename("renamed");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "renamed" })).toBeVisible();
  await expect(page.getByText("Bench 07", { exact: true })).toBeVisible();
});

test("a dialog whose scripts can't be loaded says so, and opens when tried again", async ({
  page,
  tenant,
  token,
  signInAs,
}) => {
  await elsewhere(tenant, token).revoke();
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  await page.context().setOffline(true);
  await statusButton(page, token.name, "Revoked").click();
  await expect(message(page)).toHaveText(/^This could not be loaded/);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("menuitem", { name: "Delete Token" })).toBeVisible();
});
