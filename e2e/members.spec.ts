import { rowOf } from "./support/access-tokens";
import { expectAccessible } from "./support/accessibility";
import { giveRole } from "./support/people";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test.beforeEach(async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}`);
});

test("a group admin adds a person of the organization, changes their role and removes them", async ({
  page,
  tenant,
}) => {
  const person = tenant.otherGroup.user;
  await page.getByRole("button", { name: "Add Member" }).click();
  const dialog = page.getByRole("dialog", { name: "Add Member" });
  await dialog.getByLabel("Email").fill("nobody@example.com");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByLabel("Email")).toHaveAccessibleDescription(/Ask an organization admin to invite/);
  await expect(dialog.getByLabel("Email")).toHaveValue("nobody@example.com");
  await dialog.getByLabel("Email").fill(` ${person.email.toUpperCase()} `);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  const role = page.getByLabel(`Role of ${person.name}`);
  await expect(role).toHaveValue("group_user");
  await role.selectOption("Group admin");
  const giving = page.getByRole("dialog", { name: `Make ${person.name} group admin?` });
  await expect(giving).toContainText("A group admin manages the group’s members and access tokens");
  await giving.getByRole("button", { name: "Change Role" }).click();
  await expect(page.getByRole("status").filter({ hasText: `${person.name} is group admin now.` })).toBeVisible();
  await page.reload();
  await expect(role).toHaveValue("group_admin");

  await page.getByRole("button", { name: `Remove ${person.name}` }).click();
  const question = page.getByRole("dialog", { name: "Remove Member" });
  await expect(question).toContainText(person.name);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Remove Member" }).click();
  await expect(role).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: `${person.name} was removed.` })).toBeVisible();
});

test("an arrow key on a closed role asks, and stores nothing when it is cancelled", async ({ page, tenant }) => {
  const { name } = tenant.group.user;
  const stored: string[] = [];
  page.on("request", (request) => request.method() === "POST" && stored.push(request.url()));
  const role = page.getByLabel(`Role of ${name}`);
  await expect(role).toHaveAccessibleDescription("Asks before the role changes.");
  await role.focus();
  // Chromium changes a closed select with an arrow key on Linux and Windows, and opens it on macOS.
  await role.selectOption("Group admin");
  const question = page.getByRole("dialog", { name: `Make ${name} group admin?` });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  await expect(role).toHaveValue("group_user");
  await expect(role).toBeFocused();
  expect(stored).toEqual([]);
});

test("members are sorted by name, found by a search in the URL, and oneself is marked", async ({ page, tenant }) => {
  const { group } = tenant;
  const names = page
    .getByRole("table", { name: "People" })
    .getByRole("row")
    .getByRole("cell")
    .filter({ hasText: /^Person/ });
  const sorted = [group.admin.name, group.user.name].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  await expect(names).toHaveText(sorted.map((name) => (name === group.admin.name ? `${name} (you)` : name)));
  await page.getByRole("searchbox", { name: "Search by name or e-mail" }).fill(group.user.email.toUpperCase());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?search=/);
  await expect(names).toHaveText([group.user.name]);
  await expect(page.getByRole("searchbox", { name: "Search by name or e-mail" })).toHaveValue(
    group.user.email.toUpperCase(),
  );
  await page.goto(`/groups/${group.id}?search=nobody%25`);
  await expect(page.getByRole("heading", { name: "No matching people" })).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(names).toHaveCount(2);
});

test("technical users are folded, and lead to their access tokens, which only admins see", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group } = tenant;
  await seedGroupTokens(group, 1, { name: "nightly", revoked: true });
  await page.reload();
  const table = page.getByRole("table", { name: "Technical users" });
  await expect(table).toBeHidden();
  await page.getByRole("heading", { name: "Technical users" }).click();
  await expect(rowOf(page, "nightly")).toContainText("Revoked");
  await expectAccessible(page);
  await table.getByRole("link", { name: "nightly", exact: true }).click();
  await expect(page.getByRole("heading", { name: "nightly" })).toBeVisible();

  await signInAs(group.user);
  await page.goto(`/groups/${group.id}?search=nightly`);
  await expect(table.getByRole("row").nth(1)).toContainText("Group user");
  await expect(table.getByRole("link")).toHaveCount(0);
  await expect(table).not.toContainText("Revoked");
});

test("whoever removes themselves reads what they lose, and goes to their groups", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group } = tenant;
  await giveRole(group.user.userId, group.id, "group_admin");
  await signInAs(group.user);
  await page.reload();
  await page.getByRole("button", { name: `Remove ${group.user.name}` }).click();
  const question = page.getByRole("dialog", { name: "Remove Member" });
  await expect(question).toContainText("You leave this group");
  await expect(question).toContainText("Another admin has to add you again.");
  await question.getByRole("button", { name: "Remove Member" }).click();
  await expect(page).toHaveURL(/\/groups$/);
  await expect(page.getByRole("status").filter({ hasText: "You have left the group." })).toBeVisible();
});

test("an admin who gives up the role is asked, and then sees no controls", async ({ page, tenant, signInAs }) => {
  const { group } = tenant;
  await giveRole(group.user.userId, group.id, "group_admin");
  await signInAs(group.user);
  await page.reload();
  await page.getByLabel(`Role of ${group.user.name}`).selectOption("Group user");
  const question = page.getByRole("dialog", { name: "Give up your admin role?" });
  await expect(question).toContainText("Another admin has to give you the role back.");
  await question.getByRole("button", { name: "Change Role" }).click();
  await expect(page.getByRole("status").filter({ hasText: "You are group user now." })).toBeVisible();
  await expect(page.getByRole("combobox")).toHaveCount(0);
});

test("the last admin can be neither demoted nor removed, and the page gives the reason", async ({ page, tenant }) => {
  const { name } = tenant.group.admin;
  await page.getByLabel(`Role of ${name}`).selectOption("Group user");
  const asked = page.getByRole("dialog", { name: "Give up your admin role?" });
  await asked.getByRole("button", { name: "Change Role" }).click();
  await expect(asked.getByRole("alert")).toContainText("last admin");
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel(`Role of ${name}`)).toHaveValue("group_admin");
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  const question = page.getByRole("dialog", { name: "Remove Member" });
  await question.getByRole("button", { name: "Remove Member" }).click();
  await expect(question.getByRole("alert")).toContainText("last admin");
});
