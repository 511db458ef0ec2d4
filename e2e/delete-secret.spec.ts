import { leaveUncopied, message, openTab, rowOf, statusOfSelf } from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { expireToken, fact, newToken, pageOf, revoke } from "./support/activity";
import { eventRows, logOf } from "./support/audit-log";
import { openRotateDialog, rotateElsewhere, submitRotation, suffixOf } from "./support/rotation";
import { newTrusting, setLastUses, stopTrusting } from "./support/secrets";
import { expect, test } from "./support/test";

test.beforeEach(async ({ tenant, signInAs }) => signInAs(tenant.group.admin));

test("the secret is deleted, pipelines go on, and a rotation makes a secret again", async ({ page, tenant }) => {
  const { token, pipeline } = await newTrusting(tenant);
  await setLastUses(token, "40 days", "5 minutes 30 seconds");
  await page.goto(pageOf(tenant, token.id));
  await expect(fact(page, "Secret")).toHaveText(
    `${suffixOf(token.secret)}Secret last used 40 days ago, pipelines 5 minutes ago`,
  );
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete secret" }).click();
  const question = page.getByRole("dialog", { name: "Delete secret" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  for (const words of [
    token.name,
    `Scripts, runners and jobs that use the secret ${suffixOf(token.secret)} are refused from now on.`,
    "Last used 40 days ago.",
    "Trusted pipelines go on working.",
    "can’t be undone",
  ]) {
    await expect(question).toContainText(words);
  }
  expect(await statusOfSelf(token.secret)).toBe(200);
  await question.getByRole("button", { name: "Delete secret" }).click();
  await expect(message(page)).toHaveText(`The secret of “${token.name}” was deleted.`);
  await expect(page.getByRole("main")).toBeFocused();
  await expect(fact(page, "Secret")).toHaveText("No secret");
  await expect(page.getByRole("button", { name: "Delete secret" })).toHaveCount(0);
  expect([await statusOfSelf(token.secret), await statusOfSelf(pipeline)]).toEqual([401, 200]);
  await expectAccessible(page);

  await openTab(page, tenant.group);
  await expect(rowOf(page, token.name)).toContainText("No secret");
  const form = await openRotateDialog(page, token);
  await expect(form).toContainText(`${token.name} has no secret, and gets one.`);
  await expect(form.getByLabel("Old secret ends")).toHaveCount(0);
  await expect(form.getByLabel("Expiration Date")).toBeVisible();
  const { dialog, secret } = await submitRotation(form);
  await dialog.getByRole("button", { name: "Done" }).click();
  const leaving = page.getByRole("dialog", { name: "Close without copying?" });
  await expect(leaving).toContainText("you would have to rotate it again.");
  await leaving.getByRole("button", { name: "Go back" }).click();
  await leaveUncopied(dialog);
  await expect(message(page)).toHaveText(`“${token.name}” has a secret again.`);
  await expect(rowOf(page, token.name)).toContainText(suffixOf(secret));
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([401, 200]);

  await page.goto(logOf(tenant.group));
  const deletion = eventRows(page).filter({ hasText: "Deleted secret" });
  await expect(deletion).toHaveCount(1);
  await expect(deletion).toContainText(suffixOf(token.secret));
});

test("it is offered where a pipeline is trusted and the token has not expired", async ({ page, tenant }) => {
  const button = page.getByRole("button", { name: "Delete secret" });
  const shown = async (tokenId: string) => {
    await page.goto(pageOf(tenant, tokenId));
    await expect(page.getByRole("button", { name: "Copy ID" })).toBeVisible();
    return button.count();
  };
  expect(await shown((await newToken(tenant, "without")).id)).toBe(0);
  const { token: expired } = await newTrusting(tenant, "expired");
  await expireToken(expired.id);
  expect(await shown(expired.id)).toBe(0);
  const { token: revoked } = await newTrusting(tenant, "revoked");
  await revoke(tenant, revoked.id);
  expect(await shown(revoked.id)).toBe(1);
  await button.click();
  const question = page.getByRole("dialog", { name: "Delete secret" });
  await expect(question).toContainText("reactivating the token does not bring it back.");
  await question.getByRole("button", { name: "Delete secret" }).click();
  await expect(fact(page, "Secret")).toHaveText("No secret");
});

test("both secrets of a pending rotation are deleted", async ({ page, tenant }) => {
  const { token } = await newTrusting(tenant);
  const secret = await rotateElsewhere(tenant, token);
  await page.goto(pageOf(tenant, token.id));
  await page.getByRole("button", { name: "Delete secret" }).click();
  const question = page.getByRole("dialog", { name: "Delete secret" });
  await expect(question).toContainText(`the secrets ${suffixOf(token.secret)} and ${suffixOf(secret)} are refused`);
  await question.getByRole("button", { name: "Delete secret" }).click();
  await expect(fact(page, "Secret")).toHaveText("No secret");
  await expect(page.getByRole("heading", { name: "Two secrets" })).toHaveCount(0);
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([401, 401]);
});

test("a page that is outdated deletes no secret that it did not show", async ({ page, tenant }) => {
  const { token } = await newTrusting(tenant);
  await page.goto(pageOf(tenant, token.id));
  await page.getByRole("button", { name: "Delete secret" }).click();
  const question = page.getByRole("dialog", { name: "Delete secret" });
  const secret = await rotateElsewhere(tenant, token);
  await question.getByRole("button", { name: "Delete secret" }).click();
  await expect(question.getByRole("alert")).toContainText("Someone has changed this access token meanwhile.");
  await question.getByRole("button", { name: "Show the token as it is" }).click();
  await expect(page.getByRole("heading", { name: "Two secrets" })).toBeVisible();
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([200, 200]);
});

test("it is refused in words where the last pipeline was removed meanwhile", async ({ page, tenant }) => {
  const { token } = await newTrusting(tenant);
  await page.goto(pageOf(tenant, token.id));
  await page.getByRole("button", { name: "Delete secret" }).click();
  const question = page.getByRole("dialog", { name: "Delete secret" });
  await stopTrusting(token);
  await question.getByRole("button", { name: "Delete secret" }).click();
  await expect(question.getByRole("alert")).toContainText("without its secret nothing could use it");
  await question.getByRole("button", { name: "Show the token as it is" }).click();
  await expect(page.getByRole("button", { name: "Delete secret" })).toHaveCount(0);
  expect(await statusOfSelf(token.secret)).toBe(200);
});

test("a token without a secret and without pipelines says that nothing can use it", async ({ page, tenant }) => {
  const { token } = await newTrusting(tenant);
  await setLastUses(token, null, "2 hours");
  await page.goto(pageOf(tenant, token.id));
  await expect(fact(page, "Secret")).toContainText("Secret never used, pipelines last used 2 hours ago");
  const note = page.getByRole("note").filter({ hasText: "No secret and no trusted pipeline" });
  await expect(note).toHaveCount(0);
  await page.getByRole("button", { name: "Delete secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete secret" }).click();
  await expect(fact(page, "Secret")).toHaveText("No secret");
  await expect(note).toHaveCount(0);
  await stopTrusting(token);
  await page.reload();
  await expect(note).toContainText("Nothing can use this access token. “Rotate Token” makes a secret again.");
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 700 });
  await expectNoSidewaysScroll(page);

  const { dialog, secret } = await submitRotation(await openRotateDialog(page, page));
  await leaveUncopied(dialog);
  await expect(note).toHaveCount(0);
  expect(await statusOfSelf(secret)).toBe(200);
});
