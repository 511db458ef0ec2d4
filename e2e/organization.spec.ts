import { chooseStatusAction, createToken, leaveUncopied, rowOf, statusOfSelf } from "./support/access-tokens";
import { expectAccessible } from "./support/accessibility";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test.describe("an organization admin", () => {
  test.beforeEach(async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.organizationAdmin);
    await page.goto(`/organizations/${tenant.organization.id}`);
  });

  test("gets there from the groups, sees every tab, and can return from a token", async ({ page, tenant }) => {
    const { name } = tenant.organization;
    await page.goto("/groups");
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("tab")).toHaveText(["Groups", "Members", "Access Tokens", "Audit Log", "Settings"]);
    await page.getByRole("link", { name: tenant.group.name }).click();
    await expect(page.getByRole("tab")).toHaveText(["Members"]);
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name }).click();
    await expect(page.getByRole("tab", { name: "Groups" })).toHaveAttribute("aria-selected", "true");
  });

  test("creates a group, and renames it", async ({ page, tenant }) => {
    await page.getByRole("button", { name: "Create Group" }).click();
    const creation = page.getByRole("dialog", { name: "Create Group" });
    await creation.getByLabel("Group Name").fill(tenant.group.name.toUpperCase());
    await creation.getByRole("button", { name: "Create", exact: true }).click();
    await expect(creation.getByLabel("Group Name")).toHaveAccessibleDescription(/already exists in this organization/);
    await expect(creation.getByLabel("Group Name")).toHaveValue(tenant.group.name.toUpperCase());
    await creation.getByLabel("Group Name").fill("Chassis");
    await creation.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);

    await rowOf(page, "Chassis").getByRole("button", { name: "Rename" }).click();
    const renaming = page.getByRole("dialog", { name: "Rename Group" });
    await expect(renaming.getByLabel("Group Name")).toHaveValue("Chassis");
    await renaming.getByLabel("Group Name").fill("Body");
    await renaming.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("link", { name: "Body" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Chassis" })).toHaveCount(0);
  });

  test("deletes a group after typing its name, and sees what is deleted with it", async ({ page, tenant }) => {
    const { group } = tenant;
    await seedGroupTokens(group, 3);
    await rowOf(page, group.name).getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog", { name: "Delete Group" });
    await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
    await expect(question).toContainText(group.name);
    await expect(question.getByRole("listitem")).toHaveText([/^3 access tokens,/, /^2 memberships of/]);
    await expectAccessible(page);

    await question.getByLabel("Group Name").fill(tenant.otherGroup.name);
    await question.getByRole("button", { name: "Delete Group" }).click();
    await expect(question.getByLabel("Group Name")).toHaveAccessibleDescription(/Enter the group’s name/);
    await question.getByLabel("Group Name").fill(group.name);
    await question.getByRole("button", { name: "Delete Group" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("link", { name: group.name })).toHaveCount(0);
    expect((await page.goto(`/groups/${group.id}`))?.status()).toBe(404);
  });

  test("changes roles in the organization, and removes a person from it", async ({ page, tenant }) => {
    const { group, organizationAdmin } = tenant;
    await page.getByRole("tab", { name: "Members" }).click();
    const role = page.getByLabel(`Role of ${group.user.name}`);
    await expect(role).toHaveValue("organization_user");
    await role.selectOption("Organization admin");
    const giving = page.getByRole("dialog", { name: `Make ${group.user.name} organization admin?` });
    await expect(giving).toContainText("An organization admin manages the organization’s groups");
    await giving.getByRole("button", { name: "Change Role" }).click();
    const done = `${group.user.name} is organization admin now.`;
    await expect(page.getByRole("status").filter({ hasText: done })).toBeVisible();
    await page.reload();
    await expect(role).toHaveValue("organization_admin");

    await page.getByRole("button", { name: `Remove ${group.admin.name}` }).click();
    const question = page.getByRole("dialog", { name: "Remove Member" });
    await question.getByRole("button", { name: "Remove Member" }).click();
    await expect(question.getByRole("alert")).toContainText(`last admin of “${group.name}”`);
    await question.getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("button", { name: `Remove ${group.user.name}` }).click();
    await expect(question).toContainText("loses the roles in all of its groups");
    await question.getByRole("button", { name: "Remove Member" }).click();
    await expect(role).toHaveCount(0);

    await page.getByLabel(`Role of ${organizationAdmin.name}`).selectOption("Organization user");
    const taking = page.getByRole("dialog", { name: "Give up your admin role?" });
    await taking.getByRole("button", { name: "Change Role" }).click();
    await expect(taking.getByRole("alert")).toContainText("organization’s last admin");
  });

  test("takes a group's admin role, and then sees its access tokens", async ({ page, tenant }) => {
    await page.goto(`/groups/${tenant.group.id}`);
    await page.getByRole("button", { name: "Join Group" }).click();
    const dialog = page.getByRole("dialog", { name: "Join Group" });
    await expect(dialog.getByLabel("Email")).toHaveValue(tenant.organizationAdmin.email);
    await expect(dialog.getByLabel("Role")).toHaveValue("group_admin");
    await dialog.getByRole("button", { name: "Join", exact: true }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Join Group" })).toHaveCount(0);
    await expect(page.getByRole("tab")).toHaveText(["Members", "Access Tokens", "Audit Log", "Settings"]);
  });

  test("creates an organization token, adds a variable, and revokes and deletes the token", async ({ page }) => {
    await page.getByRole("tab", { name: "Access Tokens" }).click();
    await expect(page.getByText("No access tokens yet")).toBeVisible();
    const { dialog, secret } = await createToken(page, "fleet", { admin: true });
    expect(secret).toMatch(/^vho_[0-9A-Za-z]{49}$/);
    await leaveUncopied(dialog);
    expect(await statusOfSelf(secret)).toBe(200);
    await expect(rowOf(page, "fleet")).toContainText("Organization admin");

    await page.getByRole("link", { name: "fleet" }).click();
    await expect(page.getByRole("tab")).toHaveText([
      "Version Control Access",
      "Environment Variables",
      "Trusted Pipelines",
      "Activity",
    ]);
    await expect(page.getByRole("button", { name: "Add Access" })).toBeVisible();
    await page.getByRole("tab", { name: "Environment Variables" }).click();
    await page.getByRole("button", { name: "Add Variable" }).click();
    const form = page.getByRole("dialog", { name: "Add Variable" });
    await form.getByLabel("Name").fill("PLACE");
    await form.getByLabel("Value").fill("here");
    await form.getByRole("button", { name: "Confirm" }).click();
    await expect(rowOf(page, "PLACE")).toBeVisible();

    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Access Tokens" }).click();
    for (const action of ["Revoke Token", "Delete Token"]) {
      await chooseStatusAction(page, "fleet", action);
      await page.getByRole("dialog", { name: action }).getByRole("button", { name: action }).click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await expect(page.getByText("No access tokens yet")).toBeVisible();
    expect(await statusOfSelf(secret)).toBe(401);
  });
});

test("an organization user sees only groups and members, and no controls to change them", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  const path = `/organizations/${tenant.organization.id}`;
  await page.goto(path);
  await expect(page.getByRole("tab")).toHaveText(["Groups", "Members"]);
  await expect(page.getByRole("link", { name: tenant.group.name })).toBeVisible();
  await expect(page.getByRole("link", { name: tenant.otherGroup.name })).toHaveCount(0);
  for (const name of ["Create Group", "Rename", "Delete"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page.getByRole("cell", { name: tenant.organizationAdmin.name, exact: true })).toBeVisible();
  await expect(page.getByRole("combobox")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /Remove|Invite/ })).toHaveCount(0);
  expect((await page.goto(`${path}/access-tokens`))?.status()).toBe(403);
});
