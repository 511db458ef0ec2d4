import {
  copyButton,
  createToken,
  leaveUncopied,
  openCreateDialog,
  openTab,
  rowOf,
  tabOf,
} from "./support/access-tokens";
import { expect, test } from "./support/test";

test.beforeEach(async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
});

test("a click outside, Escape and Done ask before a secret that was not copied is lost", async ({ page }) => {
  const { dialog, secret } = await createToken(page, "asks");
  const done = () => dialog.getByRole("button", { name: "Done" }).click();
  for (const leave of [() => page.mouse.click(5, 5), () => page.keyboard.press("Escape"), done]) {
    await leave();
    const question = page.getByRole("dialog", { name: "Close without copying?" });
    await question.getByRole("button", { name: "Go back" }).click();
    await expect(dialog.getByRole("textbox", { name: "Access Token" })).toHaveValue(secret);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Close without copying?" }).getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("closing and reloading the page ask until the secret was copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { dialog, secret } = await createToken(page, "reloaded");
  const asked: string[] = [];
  page.on("dialog", async (question) => {
    asked.push(question.type());
    await question.dismiss();
  });
  const reload = () => page.evaluate(() => window.location.reload());
  await reload();
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(dialog.getByRole("textbox", { name: "Access Token" })).toHaveValue(secret);
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(["beforeunload", "beforeunload"]);
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await reload();
  await expect(rowOf(page, "reloaded")).toBeVisible();
  await expect(dialog).toHaveCount(0);
  expect(asked).toHaveLength(2);
});

test("Back asks until the secret was copied", async ({ page, context, tenant }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/groups/${tenant.group.id}`);
  await page.getByRole("tab", { name: "Access Tokens" }).click();
  const { dialog, secret } = await createToken(page, "backed");
  const goBack = () => page.evaluate(() => history.back());
  await goBack();
  await page.getByRole("dialog", { name: "Close without copying?" }).getByRole("button", { name: "Go back" }).click();
  await expect(page).toHaveURL(tabOf(tenant.group));
  await expect(dialog.getByRole("textbox", { name: "Access Token" })).toHaveValue(secret);
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await goBack();
  await expect(page).toHaveURL(`/groups/${tenant.group.id}`);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

for (const width of [1280, 768, 320]) {
  test(`the whole secret is visible at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const { dialog } = await createToken(page, "whole");
    const sizes = await dialog.getByRole("textbox", { name: "Access Token" }).evaluate((field) => ({
      wide: field.scrollWidth - field.clientWidth,
      high: field.scrollHeight - field.clientHeight,
    }));
    expect(sizes).toEqual({ wide: 0, high: 0 });
  });
}

test("each tab has ready lines with their own Copy, and only .env contains the secret", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { dialog, secret } = await createToken(page, "ready");
  await expect(dialog.getByRole("tab", { selected: true })).toHaveText("curl");
  const expected = {
    curl: [/^curl .*"private-token: \$VEHAAS_TOKEN" http.*\/api\/v2\.0\/access-tokens\/self$/],
    "GitLab CI": [/^ {2}script:$/m, /^ {4}- 'curl /m],
    "GitHub Actions": [/^ {4}VEHAAS_TOKEN: \$\{\{ secrets\.VEHAAS_TOKEN \}\}$/m],
  };
  for (const [name, patterns] of Object.entries(expected)) {
    await dialog.getByRole("tab", { name }).click();
    const panel = dialog.getByRole("tabpanel", { name });
    await panel.getByRole("button", { name: "Copy" }).click();
    await expect(panel.getByRole("button", { name: "Copied" })).toBeVisible();
    const lines = await page.evaluate(() => navigator.clipboard.readText());
    for (const pattern of patterns) expect(lines).toMatch(pattern);
    expect(lines).not.toContain(secret);
  }
  // Lines without the secret don't count as having copied it.
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Close without copying?" }).getByRole("button", { name: "Go back" }).click();
  // The focus returns a moment later, to the button that had it.
  const lastPanel = dialog.getByRole("tabpanel", { name: "GitHub Actions" });
  await expect(lastPanel.getByRole("button", { name: /^Cop(y|ied)$/ })).toBeFocused();

  await dialog.getByRole("tab", { name: "curl" }).focus();
  await page.keyboard.press("ArrowRight");
  const panel = dialog.getByRole("tabpanel", { name: ".env" });
  await panel.getByRole("button", { name: "Copy" }).click();
  await expect(panel.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`VEHAAS_TOKEN=${secret}`);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("Copy is the primary button, and the API's documentation opens in a new tab", async ({ page, context }) => {
  const { dialog } = await createToken(page, "documented");
  await expect(copyButton(dialog)).toHaveClass(/primary/);
  await expect(dialog.getByRole("button", { name: "Done" })).not.toHaveClass(/primary/);
  const opened = context.waitForEvent("page");
  await dialog.getByRole("link", { name: "API Documentation", exact: true }).click();
  await expect(await opened).toHaveURL(/\/api\/v2\.0\/docs$/);
  await expect(dialog).toBeVisible();
});

test("Escape closes the dialog at once after the secret was copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { dialog } = await createToken(page, "copied");
  await copyButton(dialog).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("if the clipboard refuses, the dialog doesn't claim a copy and selects the field", async ({ page }) => {
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
  });
  const { dialog, secret } = await createToken(page, "refused");
  await copyButton(dialog).click();
  await expect(dialog.getByText(/to copy\.$/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Copied" })).toHaveCount(0);
  expect(await page.evaluate(selectedText)).toBe(secret);
});

test("without a clipboard, as on plain HTTP, the dialog selects the field", async ({ page }) => {
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const { dialog, secret } = await createToken(page, "plain http");
  await copyButton(dialog).click();
  await expect(dialog.getByText(/to copy\.$/)).toBeVisible();
  expect(await page.evaluate(selectedText)).toBe(secret);
});

test("after its dialog the secret is in no page: reload, Back, Forward, source, RSC, another tab", async ({
  page,
  context,
  tenant,
}) => {
  const bodies: Promise<string>[] = [];
  const { dialog, secret } = await createToken(page, "once");
  context.on("response", (response) => bodies.push(response.text().catch(() => "")));
  await leaveUncopied(dialog);

  const expectGone = async () => {
    await expect(rowOf(page, "once")).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect(await page.content()).not.toContain(secret);
  };
  await expectGone();
  await page.reload();
  await expectGone();
  await rowOf(page, "once").getByRole("link", { name: "once" }).click();
  await expect(page.getByRole("heading", { name: "once" })).toBeVisible();
  await page.goBack();
  await expectGone();
  await page.goForward();
  await page.goBack();
  await expectGone();
  const other = await context.newPage();
  await other.goto(tabOf(tenant.group));
  await expect(rowOf(other, "once")).toBeVisible();
  expect(await other.content()).not.toContain(secret);
  const rsc = await page.request.get(tabOf(tenant.group), { headers: { rsc: "1" } });
  expect(await rsc.text()).not.toContain(secret);
  for (const body of await Promise.all(bodies)) expect(body).not.toContain(secret);
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])),
  ).not.toContain(secret);
});

test("leaving with the dialog open and coming back does not show the secret", async ({ page, tenant }) => {
  const { secret } = await createToken(page, "left open");
  await page.goto("/groups");
  await page.goBack();
  await expect(page).toHaveURL(tabOf(tenant.group));
  await expect(rowOf(page, "left open")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
});

test("a double click creates one token", async ({ page }) => {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("double");
  await form.getByRole("button", { name: "7 days" }).click();
  await form.getByRole("button", { name: "Create", exact: true }).dblclick();
  const created = page.getByRole("dialog", { name: "Access Token Created" });
  await expect(created.getByRole("textbox", { name: "Access Token" })).toHaveValue(/^vhg_/);
  await leaveUncopied(created);
  await expect(rowOf(page, "double")).toHaveCount(1);
});

test("a retry after a lost response creates no second token, and says that the secret can't be shown", async ({
  page,
}) => {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("lost answer");
  await form.getByRole("button", { name: "7 days" }).click();
  // The server handles the request, but the response is lost.
  let lost = 0;
  await page.route("**/access-tokens", async (route) => {
    if (route.request().method() !== "POST" || lost++ > 0) return route.fallback();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await expect(form.getByLabel("Token Name")).toHaveValue("lost answer");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  const created = page.getByRole("dialog", { name: "Access Token Created" });
  await expect(created).toContainText("can’t be shown again");
  await created.getByRole("button", { name: "Done" }).click();
  await expect(rowOf(page, "lost answer")).toHaveCount(1);
});

function selectedText(): string | undefined {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement)) return undefined;
  return field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0);
}
