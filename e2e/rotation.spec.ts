import type { Page } from "playwright/test";
import {
  closeByEscape,
  copyButton,
  leaveUncopied,
  message,
  openTab,
  rowOf,
  statusOfSelf,
  tabOf,
} from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { expireToken, fact, newOrganizationToken, newToken, pageOf, revoke } from "./support/activity";
import { eventRows, logOf } from "./support/audit-log";
import { demote } from "./support/people";
import {
  completeElsewhere,
  dateIn,
  openRotateDialog,
  partOf,
  rotateButton,
  rotateElsewhere,
  submitRotation,
  suffixOf,
} from "./support/rotation";
import { expect, test } from "./support/test";

test.beforeEach(async ({ tenant, signInAs }) => signInAs(tenant.group.admin));

const statusButton = (page: Page, name: string) => rowOf(page, name).getByRole("button", { name: "Active" });

test("a token is rotated from the list, which then shows and finds both suffixes", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await newToken(tenant, "other");
  await openTab(page, tenant.group);
  const form = await openRotateDialog(page, token);
  await expect(form).toContainText(token.name);
  await expect(form.getByLabel("Old secret ends").getByRole("option")).toHaveText([
    "An hour after the new one is first used",
    "At a date",
    "Now",
  ]);
  await expect(form.getByLabel("Date", { exact: true })).toHaveCount(0);
  await expect(form.getByLabel("Expiration Date")).toHaveValue(/^20\d\d-\d\d-\d\d$/);
  await expect(form).toContainText("Unchanged: expires on ");
  await expect(form.getByRole("button", { pressed: true })).toHaveText("Unchanged");
  const { dialog, secret } = await submitRotation(form);
  expect(secret).toMatch(/^vhg_[0-9A-Za-z]{49}$/);
  expect(secret).not.toBe(token.secret);
  await expect(dialog.getByRole("tab")).toHaveText(["curl", ".env", "GitLab CI", "GitHub Actions"]);
  await leaveUncopied(dialog);

  await expect(message(page)).toHaveText(
    `“${token.name}” was rotated. Its old secret ends an hour after the new one is first used.`,
  );
  await expect(statusButton(page, token.name)).toBeFocused();
  await expect(rowOf(page, token.name)).toContainText(`${suffixOf(token.secret)} → ${suffixOf(secret)}`);
  for (const each of [token.secret, secret]) {
    await page.goto(`${tabOf(tenant.group)}?search=${each.slice(-4)}`);
    await expect(rowOf(page, token.name)).toBeVisible();
    await expect(rowOf(page, "other")).toHaveCount(0);
  }
  for (const each of [token.secret, secret]) expect(await statusOfSelf(each)).toBe(200);
});

test("the token's page says of both secrets when they were used and when the old one ends", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  await page.goto(pageOf(tenant, token.id));
  await expect(partOf(page, "Old secret")).toHaveCount(0);
  const { dialog, secret } = await submitRotation(await openRotateDialog(page, page));
  await leaveUncopied(dialog);
  await expect(page.getByRole("button", { name: "Rotate Token" })).toBeFocused();

  await expect(page.getByRole("heading", { name: "Two secrets" })).toBeVisible();
  await expect(fact(page, "Secrets")).toHaveText(`${suffixOf(token.secret)} → ${suffixOf(secret)}`);
  const [old, current] = [partOf(page, "Old secret"), partOf(page, "New secret")];
  await expect(old).toContainText(suffixOf(token.secret));
  await expect(old).toContainText(/Last UsedNever/);
  await expect(old).toContainText(/EndsAn hour after the new one is first used.*at the latest on \d+ [A-Z][a-z]{2} 20/);
  await expect(current).toContainText(suffixOf(secret));
  await expect(current).toContainText(/Last UsedNever/);

  expect(await statusOfSelf(secret)).toBe(200);
  await page.reload();
  await expect(current).toContainText(/Last Used.*just now/);
  await expect(old).toContainText(/Ends.*in 59 minutes/);
  await expect(page.getByRole("button", { name: "End old secret now" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Keep the old secret" })).toHaveCount(0);
});

test("the old secret is ended by hand", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  const secret = await rotateElsewhere(tenant, token);
  await page.goto(pageOf(tenant, token.id));
  await page.getByRole("button", { name: "End old secret now" }).click();
  const question = page.getByRole("dialog", { name: "End old secret now" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expect(question).toContainText(`${suffixOf(secret)} was never used: make sure that it is in place.`);
  await expect(question).toContainText("can’t be undone");
  expect(await statusOfSelf(token.secret)).toBe(200);
  await question.getByRole("button", { name: "End old secret now" }).click();
  await expect(message(page)).toHaveText(`The old secret of “${token.name}” was ended.`);
  await expect(page.getByRole("heading", { name: "Two secrets" })).toHaveCount(0);
  await expect(fact(page, "Secret")).toHaveText(suffixOf(secret));
  await expect(page.getByRole("main")).toBeFocused();
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([401, 200]);
});

test("the old secret is kept, and the new one is refused", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  const secret = await rotateElsewhere(tenant, token);
  await page.goto(pageOf(tenant, token.id));
  await page.getByRole("button", { name: "Keep the old secret" }).click();
  const question = page.getByRole("dialog", { name: "Keep the old secret" });
  await expect(question).toContainText(`${suffixOf(secret)} is discarded`);
  await question.getByRole("button", { name: "Keep the old secret" }).click();
  await expect(message(page)).toHaveText(`The old secret of “${token.name}” was kept.`);
  await expect(fact(page, "Secret")).toHaveText(suffixOf(token.secret));
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([200, 401]);
});

test("the old secret ends at a date, and the expiration is extended up to the operator's limit", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  const form = await openRotateDialog(page, token);
  await form.getByLabel("Old secret ends").selectOption("At a date");
  const [date, expiration] = [form.getByLabel("Date", { exact: true }), form.getByLabel("Expiration Date")];
  await expect(date).toHaveValue(await dateIn(page, 7));
  await date.fill(await dateIn(page, 31));
  await expiration.fill(await dateIn(page, 3660));
  await rotateButton(form).click();
  await expect(expiration).toBeFocused();
  await expect(form).toContainText(/A token may live for at most \d+ days/);
  await form.getByRole("button", { name: "1 year" }).click();
  await rotateButton(form).click();
  await expect(date).toBeFocused();
  await expect(form).toContainText("The old secret may go on for at most 30 days.");
  await expect(expiration).toHaveValue(await dateIn(page, 365));
  await form.getByRole("button", { name: "7 days" }).click();
  await date.fill(await dateIn(page, 8));
  await rotateButton(form).click();
  await expect(form).toContainText("The old secret can’t go on for longer than the token. Choose an earlier date.");
  await date.fill("");
  await rotateButton(form).click();
  await expect(form).toContainText("Choose a date.");

  await form.getByRole("button", { name: "90 days" }).click();
  await date.fill(await dateIn(page, 2));
  const { dialog } = await submitRotation(form);
  await leaveUncopied(dialog);
  await expect(message(page)).toContainText("Its old secret is accepted until the date that you chose.");
  await expect(rowOf(page, token.name)).toContainText("in 90 days");
  await rowOf(page, token.name).getByRole("link", { name: token.name }).click();
  await expect(partOf(page, "Old secret")).toContainText(/Ends.*00:00 .*in 2 days/);
  await expect(partOf(page, "Old secret")).not.toContainText("first used");
});

test("with Now the old secret is refused, and the reveal stays though the token leaves the list", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  await page.goto(`${tabOf(tenant.group)}?search=${token.secret.slice(-4)}`);
  const form = await openRotateDialog(page, token);
  await form.getByLabel("Old secret ends").selectOption("Now");
  await expect(form).toContainText("use the old secret are refused until they have the new one.");
  const { dialog, secret } = await submitRotation(form);
  expect([await statusOfSelf(token.secret), await statusOfSelf(secret)]).toEqual([401, 200]);
  await dialog.getByRole("button", { name: "Done" }).click();
  const question = page.getByRole("dialog", { name: "Close without copying?" });
  await expect(question).toContainText("you would have to rotate it again.");
  await question.getByRole("button", { name: "Go back" }).click();
  await expect(dialog.getByRole("textbox", { name: "Access Token" })).toHaveValue(secret);
  await leaveUncopied(dialog);
  await expect(message(page)).toHaveText(`“${token.name}” was rotated. Its old secret is refused from now on.`);
  await expect(page.getByText("No matching access tokens")).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
});

test("a token with a rotation that is pending leads to its two secrets", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await rotateElsewhere(tenant, token);
  await openTab(page, tenant.group);
  const dialog = await openRotateDialog(page, token);
  await expect(dialog).toContainText(`its old one ${suffixOf(token.secret)} is still accepted.`);
  await expect(dialog.getByLabel("Old secret ends")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Show Both Secrets" }).click();
  await expect(page.getByRole("heading", { name: "Two secrets" })).toBeVisible();
});

test("a rotation is refused in words where somebody else was first, or the token is not active", async ({
  page,
  tenant,
}) => {
  for (const [name, meanwhile, words] of [
    ["rotated", rotateElsewhere, "Somebody has rotated this token meanwhile, and its old secret is still accepted."],
    ["revoked", (_: unknown, { id }) => revoke(tenant, id), "This access token is revoked, so it can’t be rotated."],
    ["expired", (_: unknown, { id }) => expireToken(id), "This access token is expired, so it can’t be rotated."],
  ] as [string, typeof rotateElsewhere, string][]) {
    const token = await newToken(tenant, name);
    await openTab(page, tenant.group);
    const form = await openRotateDialog(page, token);
    await form.getByLabel("Old secret ends").selectOption("Now");
    await meanwhile(tenant, token);
    await rotateButton(form).click();
    await expect(form.getByRole("alert")).toContainText(words);
    await expect(form.getByLabel("Old secret ends")).toHaveValue("now");
    await form.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  // The list was read again.
  await expect(rowOf(page, "expired").getByRole("button", { name: "Expired" })).toBeVisible();
  for (const status of ["revoked", "expired"]) {
    await rowOf(page, status).getByRole("button").last().click();
    await expect(page.getByRole("menuitem", { name: "Delete Token" })).toBeVisible();
    await expect(page.getByRole("menuitem", { name: "Rotate Token" })).toHaveCount(0);
    await closeByEscape(page.getByRole("menu"));
  }
});

test("keeping is refused in words once the new secret was used, and ending once there is another rotation", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  const secret = await rotateElsewhere(tenant, token);
  await page.goto(pageOf(tenant, token.id));
  expect(await statusOfSelf(secret)).toBe(200);
  await page.getByRole("button", { name: "Keep the old secret" }).click();
  const keep = page.getByRole("dialog", { name: "Keep the old secret" });
  await keep.getByRole("button", { name: "Keep the old secret" }).click();
  await expect(keep.getByRole("alert")).toHaveText(
    "The new secret has been used already, so the old one can’t be kept.",
  );
  await keep.getByRole("button", { name: "Show the token as it is" }).click();
  await expect(page.getByRole("button", { name: "Keep the old secret" })).toHaveCount(0);

  await completeElsewhere(tenant, token);
  await rotateElsewhere(tenant, token);
  await page.getByRole("button", { name: "End old secret now" }).click();
  const end = page.getByRole("dialog", { name: "End old secret now" });
  await end.getByRole("button", { name: "End old secret now" }).click();
  await expect(end.getByRole("alert")).toContainText("Someone has changed this access token meanwhile.");
  await end.getByRole("button", { name: "Show the token as it is" }).click();
  await expect(partOf(page, "Old secret")).toContainText(suffixOf(secret));
  expect(await statusOfSelf(secret)).toBe(200);
});

test("a lost answer locks nobody out: the same form again answers another new secret", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  const form = await openRotateDialog(page, token);
  let lost = "";
  await page.route("**/access-tokens", async (route) => {
    if (route.request().method() !== "POST" || lost) return route.fallback();
    const answer = await route.fetch();
    lost = /vhg_[0-9A-Za-z]{49}/.exec(await answer.text())?.[0] ?? "none";
    await route.abort("connectionreset");
  });
  await rotateButton(form).click();
  await expect(form.getByRole("alert")).toContainText("could not be reached");
  const { dialog, secret } = await submitRotation(form);
  await leaveUncopied(dialog);
  const statuses = [await statusOfSelf(lost), await statusOfSelf(token.secret), await statusOfSelf(secret)];
  expect(statuses).toEqual([401, 200, 200]);
});

test("after its dialog the new secret is in no page: reload, Back, Forward, source, RSC, another tab", async ({
  page,
  context,
  tenant,
}) => {
  const token = await newToken(tenant, "once");
  await openTab(page, tenant.group);
  const { dialog, secret } = await submitRotation(await openRotateDialog(page, token));
  const bodies: Promise<string>[] = [];
  context.on("response", (response) => bodies.push(response.text().catch(() => "")));
  await leaveUncopied(dialog);

  const expectGone = async (shown = page) => {
    await expect(rowOf(shown, "once")).toContainText(`→ ${suffixOf(secret)}`);
    await expect(shown.getByRole("dialog")).toHaveCount(0);
    expect(await shown.content()).not.toContain(secret);
  };
  await expectGone();
  await page.reload();
  await expectGone();
  await rowOf(page, "once").getByRole("link", { name: "once" }).click();
  await expect(page.getByRole("heading", { name: "Two secrets" })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await page.goBack();
  await expectGone();
  await page.goForward();
  await page.goBack();
  await expectGone();
  const other = await context.newPage();
  await other.goto(tabOf(tenant.group));
  await expectGone(other);
  for (const path of [tabOf(tenant.group), pageOf(tenant, token.id), logOf(tenant.group)]) {
    const rsc = await page.request.get(path, { headers: { rsc: "1" } });
    expect(await rsc.text()).not.toContain(secret);
  }
  for (const body of await Promise.all(bodies)) expect(body).not.toContain(secret);
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])),
  ).not.toContain(secret);
});

test("leaving with the new secret shown and coming back does not show it", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  const { secret } = await submitRotation(await openRotateDialog(page, token));
  await page.goto("/groups");
  await page.goBack();
  await expect(rowOf(page, token.name)).toContainText(`→ ${suffixOf(secret)}`);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
});

test("a token is rotated by keyboard alone, and Escape asks before something is lost", async ({
  page,
  context,
  tenant,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  const opener = statusButton(page, token.name);
  const form = page.getByRole("dialog", { name: "Rotate Token" });
  const open = async () => {
    await opener.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Rotate Token" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(form.getByLabel("Old secret ends")).toBeFocused();
  };
  await open();
  await closeByEscape(form);
  await expect(opener).toBeFocused();
  await open();
  await page.keyboard.press("ArrowDown");
  await expect(form.getByLabel("Date", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await expect(question.getByRole("button", { name: "Go back" })).toBeFocused();
  await page.keyboard.press("Enter");
  await form.getByLabel("Date", { exact: true }).focus();
  await page.keyboard.press("Enter");
  const secret = page.getByRole("textbox", { name: "Access Token" });
  await expect(secret).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Close without copying?" })).toBeVisible();
  await page.keyboard.press("Enter");
  await secret.focus();
  await page.keyboard.press("ControlOrMeta+c");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await secret.inputValue());
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
});

test("a copied new secret needs no question", async ({ page, context, tenant }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  const { dialog } = await submitRotation(await openRotateDialog(page, token));
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a token whose expiration is extended keeps its focus, though it no longer expires soon", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  await openTab(page, tenant.group);
  let form = await openRotateDialog(page, token);
  await form.getByLabel("Old secret ends").selectOption("Now");
  await form.getByLabel("Expiration Date").fill(await dateIn(page, 2));
  await leaveUncopied((await submitRotation(form)).dialog);
  await expect(rowOf(page, token.name)).toContainText("Expires soon");
  form = await openRotateDialog(page, token);
  await form.getByRole("button", { name: "90 days" }).click();
  await leaveUncopied((await submitRotation(form)).dialog);
  await expect(rowOf(page, token.name)).not.toContainText("Expires soon");
  await expect(statusButton(page, token.name)).toBeFocused();
});

test("the dialog that can't be loaded says so, and can be tried again", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  await page.goto(pageOf(tenant, token.id));
  await page.route("**/_next/static/chunks/**", (route) => route.abort());
  await page.getByRole("button", { name: "Rotate Token" }).click();
  await expect(message(page)).toContainText("This could not be loaded.");
  await page.unroute("**/_next/static/chunks/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("dialog", { name: "Rotate Token" })).toBeVisible();
});

test("revoking and deleting say that they apply to both secrets; a revoked token's page says that none is accepted", async ({
  page,
  tenant,
}) => {
  const token = await newToken(tenant);
  const secret = await rotateElsewhere(tenant, token);
  await page.goto(pageOf(tenant, token.id));
  const both = `This applies to both of its secrets, ${suffixOf(token.secret)} and ${suffixOf(secret)}`;
  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Delete Token" }).click();
  await expect(page.getByRole("dialog").getByRole("listitem").filter({ hasText: both })).toHaveText(`${both}.`);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Revoke Token" }).click();
  await expect(page.getByRole("dialog")).toContainText(`${both}; reactivating brings the old one back`);
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Token" }).click();
  await expect(page.getByText("None of them is accepted while the token is revoked.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Rotate Token" })).toHaveCount(0);
  for (const each of [token.secret, secret]) expect(await statusOfSelf(each)).toBe(401);
});

test("the audit log says in words what happened to the secrets", async ({ page, tenant }) => {
  const token = await newToken(tenant);
  const secret = await rotateElsewhere(tenant, token);
  expect(await statusOfSelf(secret)).toBe(200);
  await completeElsewhere(tenant, token);
  expect(await statusOfSelf(token.secret)).toBe(401);
  await expect(async () => {
    await page.goto(logOf(tenant.group));
    await expect(eventRows(page)).toHaveCount(5, { timeout: 1000 });
  }).toPass();
  for (const [place, label] of [
    "Used retired secret",
    "Ended old secret",
    "Used new secret for the first time",
    "Rotated access token",
  ].entries()) {
    await expect(eventRows(page).nth(place)).toContainText(label);
  }
  const rotated = eventRows(page).nth(3);
  await expect(rotated).toContainText(suffixOf(secret));
  await expect(rotated).toContainText("An hour after the new one is first used");
  await expect(rotated).not.toContainText("on_first_use");
  await expect(page.locator("main")).not.toContainText(/token_suffix|at_date|ended_by/);
});

test("an organization's admin rotates its tokens, and who is no admin any more is refused at the click", async ({
  page,
  tenant,
  signInAs,
}) => {
  const token = await newToken(tenant);
  await page.goto(pageOf(tenant, token.id));
  const form = await openRotateDialog(page, page);
  await demote(tenant.group.admin.userId, tenant.group.id);
  await rotateButton(form).click();
  await expect(form.getByRole("alert")).toContainText(/not allowed|was not found/);

  await signInAs(tenant.organizationAdmin);
  const organizationToken = await newOrganizationToken(tenant, "fleet");
  await page.goto(`/organizations/${tenant.organization.id}/access-tokens`);
  const { dialog, secret } = await submitRotation(await openRotateDialog(page, organizationToken));
  expect(secret).toMatch(/^vho_/);
  await leaveUncopied(dialog);
  await expect(rowOf(page, "fleet")).toContainText(`→ ${suffixOf(secret)}`);
});

for (const { width, colorScheme } of [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });
    test.describe.configure({ timeout: 90_000 });

    test("no dialog or page of a rotation has a serious accessibility finding or scrolls sideways", async ({
      page,
      tenant,
    }) => {
      const expectAccessibleNow = async () => {
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      };
      const token = await newToken(tenant);
      await openTab(page, tenant.group);
      const form = await openRotateDialog(page, token);
      await form.getByLabel("Old secret ends").selectOption("At a date");
      await form.getByLabel("Date", { exact: true }).fill(await dateIn(page, 31));
      await rotateButton(form).click();
      await expect(form.getByLabel("Date", { exact: true })).toHaveAttribute("aria-invalid", "true");
      await expectAccessibleNow();
      await form.getByLabel("Old secret ends").selectOption("Now");
      await form.getByLabel("Old secret ends").selectOption("An hour after the new one is first used");
      const { dialog } = await submitRotation(form);
      await expectAccessibleNow();
      await leaveUncopied(dialog);
      await expect(rowOf(page, token.name)).toContainText("→");
      await expectAccessibleNow();
      await openRotateDialog(page, token);
      await expectAccessibleNow();
      await page.getByRole("button", { name: "Show Both Secrets" }).click();
      await expect(page.getByRole("heading", { name: "Two secrets" })).toBeVisible();
      await expectAccessibleNow();
      for (const name of ["End old secret now", "Keep the old secret"]) {
        await page.getByRole("button", { name }).click();
        await expect(page.getByRole("dialog", { name })).toBeVisible();
        await expectAccessibleNow();
        await page.keyboard.press("Escape");
      }
    });
  });
}
