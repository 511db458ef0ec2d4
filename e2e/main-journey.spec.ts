import { chooseStatusAction, copyButton, createToken, rowOf, statusOfSelf } from "./support/access-tokens";
import { demoPassword } from "./support/server/demo";
import { expect, test } from "./support/test";

test("the demo group admin can create, copy, use, revoke, reactivate and delete a token", async ({ page, context }) => {
  await page.goto("/");
  await page.getByLabel("Email").fill("group.admin@example.com");
  await page.getByLabel("Password").fill(demoPassword());
  await page.getByRole("button", { name: "Sign in", exact: true }).click();

  await expect(page.getByRole("heading", { name: "Groups" })).toBeVisible();
  await page.getByRole("link", { name: "Powertrain" }).click();
  await page.getByRole("tab", { name: "Access Tokens" }).click();

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { dialog, secret } = await createToken(page, "nightly");
  expect(secret).toMatch(/^vhg_[0-9A-Za-z]{49}$/);
  await expect(dialog).toContainText(
    "You will not be able to view the token again after you leave or refresh the page.",
  );
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(rowOf(page, "nightly")).toContainText(secret.slice(-4));
  expect(await page.content()).not.toContain(secret);

  expect(await statusOfSelf(secret)).toBe(200);

  await chooseStatusAction(page, "nightly", "Revoke Token");
  const revoke = page.getByRole("dialog", { name: "Revoke Token" });
  await expect(revoke).toContainText("reactivate");
  await revoke.getByRole("button", { name: "Revoke Token" }).click();
  await expect(rowOf(page, "nightly").getByRole("button", { name: "Revoked" })).toBeVisible();
  expect(await statusOfSelf(secret)).toBe(401);

  await chooseStatusAction(page, "nightly", "Reactivate Token");
  await expect(rowOf(page, "nightly").getByRole("button", { name: "Active" })).toBeVisible();
  expect(await statusOfSelf(secret)).toBe(200);

  await chooseStatusAction(page, "nightly", "Delete Token");
  const remove = page.getByRole("dialog", { name: "Delete Token" });
  await expect(remove).toContainText("permanent");
  await remove.getByRole("button", { name: "Delete Token" }).click();
  await expect(page.getByRole("heading", { name: "No access tokens yet" })).toBeVisible();
  expect(await statusOfSelf(secret)).toBe(401);

  await page.getByRole("tab", { name: "Audit Log" }).click();
  for (const action of ["Created", "Revoked", "Reactivated", "Deleted"]) {
    await expect(page.getByRole("row").filter({ hasText: `${action} access token` })).toContainText("nightly");
  }
});
