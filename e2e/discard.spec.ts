import type { Page } from "playwright/test";
import { closeByEscape } from "./support/access-tokens";
import { tokenPath } from "./support/token-acts";
import { expect, test } from "./support/version-control";

const dialogs = [
  { tab: "", button: "Edit", field: "Description" },
  { tab: "", button: "Add Access", field: "Project/Group ID" },
  { tab: "/environment-variables", button: "Add Variable", field: "Value" },
  { tab: "/environment-variables", button: "Paste .env", field: ".env text" },
  { tab: "/trusted-pipelines", button: "Add Trusted Pipeline", field: "Environment" },
];

for (const { tab, button, field } of dialogs) {
  test(`Escape in the filled dialog ${button} asks, and keeps what was typed`, async ({
    page,
    tenant,
    token,
    signInAs,
  }) => {
    await signInAs(tenant.group.admin);
    await page.goto(`${tokenPath(tenant, token)}${tab}`);
    await expectQuestion(page, button, field);
  });
}

test("so do Add Member and Invite Member", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.organizationAdmin);
  await page.goto(`/groups/${tenant.group.id}`);
  await expectQuestion(page, "Add Member", "Email");
  await page.goto(`/organizations/${tenant.organization.id}/members`);
  await expectQuestion(page, "Invite Member", /^E-?mail$/);
});

async function expectQuestion(page: Page, button: string, field: string | RegExp): Promise<void> {
  const opener = page.getByRole("button", { name: button, exact: true });
  await opener.click();
  const dialog = page.getByRole("dialog", { name: button, exact: true });
  await expect(dialog).toBeVisible();
  await closeByEscape(dialog);
  await expect(opener).toBeFocused();

  await opener.click();
  await dialog.getByLabel(field).fill("typed");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await question.getByRole("button", { name: "Go back" }).click();
  await expect(dialog.getByLabel(field)).toHaveValue("typed");
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(opener).toBeFocused();
}
