import { expect, test } from "./support/test";

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
  const saved = page.waitForResponse((response) => response.request().method() === "POST");
  await role.selectOption("Group admin");
  await saved;
  await page.reload();
  await expect(role).toHaveValue("group_admin");

  await page.getByRole("button", { name: `Remove ${person.name}` }).click();
  const question = page.getByRole("dialog", { name: "Remove Member" });
  await expect(question).toContainText(person.name);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Remove Member" }).click();
  await expect(role).toHaveCount(0);
});

test("the last admin can be neither demoted nor removed, and the page gives the reason", async ({ page, tenant }) => {
  const { name } = tenant.group.admin;
  await page.getByLabel(`Role of ${name}`).selectOption("Group user");
  await expect(page.getByRole("row").getByRole("alert")).toContainText("last admin");
  await expect(page.getByLabel(`Role of ${name}`)).toHaveValue("group_admin");
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  const question = page.getByRole("dialog", { name: "Remove Member" });
  await question.getByRole("button", { name: "Remove Member" }).click();
  await expect(question.getByRole("alert")).toContainText("last admin");
});
