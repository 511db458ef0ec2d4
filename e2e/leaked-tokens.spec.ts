import { chooseStatusAction, leaveUncopied, message, openTab, rowOf, statusOfSelf } from "./support/access-tokens";
import { expectAccessible, expectAccessibleInEachLook } from "./support/accessibility";
import { expireToken, fact, newToken, pageOf, revoke } from "./support/activity";
import { eventRows, logOf } from "./support/audit-log";
import { reportLeak } from "./support/leaks";
import { openRotateDialog, rotateElsewhere, submitRotation } from "./support/rotation";
import { expect, test } from "./support/test";

test.beforeEach(async ({ tenant, signInAs }) => signInAs(tenant.group.admin));

test("a token that leaked says so on its page, and is active again after a rotation", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await reportLeak(token.secret);
  await page.goto(pageOf(tenant, token.id));
  const note = page.getByRole("note").filter({ hasText: "reported as leaked" });
  await expect(note).toContainText(/Its secret was reported as leaked on \d+ [A-Z][a-z]{2} 20\d\d/);
  const status = page.getByRole("button", { name: "Revoked" });
  await status.click();
  await expect(page.getByRole("menuitem")).toHaveText(["Rotate Token", "Delete Token"]);
  await page.getByRole("menuitem", { name: "Rotate Token" }).click();
  const form = page.getByRole("dialog", { name: "Rotate Token" });
  await expect(form).toContainText("gets a new secret, and is active again.");
  await expect(form.getByLabel("Old secret ends")).toHaveCount(0);
  await expectAccessible(page);
  const { dialog, secret } = await submitRotation(form);
  await leaveUncopied(dialog);
  await expect(message(page)).toHaveText(
    `“${token.name}” was rotated and is active again. Its old secret is refused from now on.`,
  );
  await expect(page.getByRole("button", { name: "Active" })).toBeVisible();
  await expect(note).toHaveCount(0);
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([401, 200]);

  await page.goto(logOf(tenant.group));
  await expect(eventRows(page).filter({ hasText: "Revoked access token as leaked" })).toContainText("veHaaS");
});

test("its page offers the rotation in its header too, on each tab, and can be read in each look", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  await rotateElsewhere(tenant, token);
  await reportLeak(token.secret);
  await page.goto(`${pageOf(tenant, token.id)}/activity`);
  await expect(page.getByRole("note")).toContainText("reported as leaked");
  await expect(page.getByRole("button", { name: "Keep the old secret" })).toHaveCount(0);
  await expectAccessibleInEachLook(page);
  const { dialog, secret } = await submitRotation(await openRotateDialog(page, page));
  await leaveUncopied(dialog);
  await expect(page.getByRole("button", { name: "Active" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Two secrets" })).toHaveCount(0);
  expect(await statusOfSelf(secret)).toBe(200);
});

test("it is rotated from the list, and left out where several are reactivated", async ({ page, tenant }) => {
  const token = await newToken(tenant, "leaked");
  const other = await newToken(tenant, "revoked");
  await revoke(tenant, other.id);
  await reportLeak(token.secret);
  await openTab(page, tenant.group);
  await page.getByLabel("Select all on this page").check();
  await page.getByRole("button", { name: "Reactivate" }).click();
  const many = page.getByRole("dialog", { name: "Reactivate" });
  await expect(many).toContainText("leaked was reported as leaked: it can only be rotated or deleted.");
  await many.getByRole("button", { name: "Reactivate" }).click();
  await expect(message(page)).toHaveText("1 access token was reactivated.");
  await expect(rowOf(page, "leaked").getByRole("button", { name: "Revoked" })).toBeVisible();

  await chooseStatusAction(page, "leaked", "Rotate Token");
  const { dialog } = await submitRotation(page.getByRole("dialog", { name: "Rotate Token" }));
  await leaveUncopied(dialog);
  await expect(rowOf(page, "leaked").getByRole("button", { name: "Active" })).toBeVisible();
});

test("one that has expired can only be deleted", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await reportLeak(token.secret);
  await expireToken(token.id);
  await page.goto(pageOf(tenant, token.id));
  await expect(page.getByRole("note").first()).toContainText("it can only be deleted");
  await expect(fact(page, "Expired")).toBeVisible();
  await expect(page.getByRole("button", { name: "Rotate Token" })).toHaveCount(0);
  await page.getByRole("button", { name: "Expired", exact: true }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Delete Token"]);
});
