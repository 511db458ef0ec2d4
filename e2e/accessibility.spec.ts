import {
  chooseStatusAction,
  createToken,
  leaveUncopied,
  openCreateDialog,
  openTab,
  rowOf,
  tabOf,
} from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const;

// Each run of axe takes a second or two.
test.describe.configure({ timeout: 90_000 });

for (const { width, colorScheme } of looks) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("no page has a serious accessibility finding or scrolls sideways", async ({ page, tenant, signInAs }) => {
      await page.goto("/sign-in");
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await signInAs(tenant.group.admin);
      await openTab(page, tenant.group);
      await expectAccessible(page);
      await seedGroupTokens(tenant.group, 21);
      await seedGroupTokens(tenant.group, 1, { name: `A very long name ${"w".repeat(200)}`, expiresIn: "3 days" });
      const group = `/groups/${tenant.group.id}`;
      for (const path of ["/groups", group, tabOf(tenant.group), `${group}/audit-log`, "/groups/none", "/none"]) {
        await page.goto(path);
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
      await page.goto(`${tabOf(tenant.group)}?search=very`);
      await page.getByRole("link", { name: "A very long name" }).click();
      await expect(page.getByRole("heading", { name: "A very long name" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.getByRole("tab", { name: "Environment Variables" }).click();
      await expect(page.getByRole("button", { name: "Add Variable" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    });

    test("no page of an organization, and none that is not allowed, has one either", async ({
      page,
      tenant,
      signInAs,
    }) => {
      await signInAs(tenant.organizationAdmin);
      const organization = `/organizations/${tenant.organization.id}`;
      const tabs = ["", "/members", "/access-tokens", "/audit-log"].map((tab) => `${organization}${tab}`);
      for (const path of [...tabs, tabOf(tenant.group), "/account"]) {
        await page.goto(path);
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
      await page.getByRole("button", { name: tenant.organizationAdmin.name }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await expectAccessible(page);
    });

    test("nor has a ready line, a question, a message or the dialog Edit", async ({ page, tenant, signInAs }) => {
      await signInAs(tenant.group.admin);
      await openTab(page, tenant.group);
      await (await openCreateDialog(page)).getByLabel("Token Name").fill("typed");
      await page.keyboard.press("Escape");
      const question = page.getByRole("dialog", { name: "Discard what you typed?" });
      await expect(question).toBeVisible();
      await expectAccessible(page);
      await question.getByRole("button", { name: "Discard" }).click();
      const { dialog } = await createToken(page, "shown");
      for (const name of [".env", "GitLab CI", "GitHub Actions"]) {
        await dialog.getByRole("tab", { name }).click();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
      await leaveUncopied(dialog);
      await expect(page.getByRole("button", { name: "Dismiss" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.getByRole("link", { name: "shown" }).click();
      await page.getByRole("button", { name: "Edit", exact: true }).click();
      await expect(page.getByRole("dialog", { name: "Edit" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    });

    test("no open dialog or menu has a serious accessibility finding", async ({ page, tenant, signInAs }) => {
      await signInAs(tenant.group.admin);
      await openTab(page, tenant.group);
      const form = await openCreateDialog(page);
      await expectAccessible(page);
      await form.getByRole("button", { name: "Create", exact: true }).click();
      await expect(form.getByLabel("Token Name")).toHaveAttribute("aria-invalid", "true");
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      const { dialog } = await createToken(page, "shown");
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await leaveUncopied(dialog);
      await rowOf(page, "shown").getByRole("button", { name: "Active" }).click();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      for (const action of ["Revoke Token", "Delete Token"]) {
        await chooseStatusAction(page, "shown", action);
        await expect(page.getByRole("dialog", { name: action })).toBeVisible();
        await expectAccessible(page);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("link", { name: "shown" }).click();
      await page.getByRole("button", { name: "Add Access" }).click();
      await expect(page.getByRole("dialog", { name: "Add Access" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.keyboard.press("Escape");
      await page.goto(`/groups/${tenant.group.id}`);
      await page.getByRole("button", { name: "Add Member" }).click();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: `Remove ${tenant.group.user.name}` }).click();
      await expectAccessible(page);
    });
  });
}
