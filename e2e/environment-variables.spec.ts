import type { Page } from "playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import {
  addVariable,
  confirm,
  expect,
  openDialog,
  openRowDialog,
  readEnvironment,
  recordAnswers,
  secondAdmin,
  test,
  variableRow,
} from "./support/environment-variables";

const lines = "  first line\n\n\tsecond: “ü” $HOME 'x' \\\nlast  ";

test("a variable is added, reaches the next session byte for byte, is replaced and is removed", async ({
  admin: page,
  tenant,
  token,
}) => {
  await expect(page.getByRole("heading", { name: "No environment variables yet" })).toBeVisible();
  await expect(page.getByText("Changes apply to the next session.")).toBeVisible();
  await addVariable(page, "CONFIG", lines);
  await expect(variableRow(page, "CONFIG")).toContainText(/50 B.*just now/);
  await expect(variableRow(page, "CONFIG")).toContainText(tenant.group.admin.name);
  await expect(page.getByText("1 of 200 variables, 56 B of 128 KiB")).toBeVisible();
  expect(await readEnvironment(token.secret)).toEqual({ CONFIG: lines });

  const replace = await openRowDialog(page, "CONFIG", "Replace");
  await expect(replace.getByLabel("Name")).toHaveValue("CONFIG");
  await expect(replace.getByLabel("Value")).toHaveValue("");
  await expect(replace.getByLabel("Value")).toBeFocused();
  await confirm(replace);
  await expect(variableRow(page, "CONFIG")).toContainText("0 B");
  expect(await readEnvironment(token.secret)).toEqual({ CONFIG: "" });

  const remove = await openRowDialog(page, "CONFIG", "Remove");
  await expect(remove).toContainText(/CONFIG.*next session no longer has.*can’t be undone/);
  await expect(remove.getByRole("button", { name: "Cancel" })).toBeFocused();
  await remove.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "No environment variables yet" })).toBeVisible();
  expect(await readEnvironment(token.secret)).toEqual({});
});

test("a .env text is previewed line by line and applied as a whole", async ({ admin: page, seed, token }) => {
  await seed("OLD", "before");
  await page.reload();
  const dialog = await openDialog(page, "Paste .env");
  const [text, preview] = [dialog.getByLabel(".env text"), dialog.getByRole("list", { name: "Lines" })];
  await text.fill(
    'NEW="two\nlines"\n# a comment\nOLD=after\nPATH=/tmp\nHTTP_PROXY=http://proxy.example\nnot a variable',
  );
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(preview).toBeFocused();
  await expect(preview.getByRole("listitem")).toHaveText([
    /Added.*NEW.*line 1, 9 B/,
    /Replaced.*OLD.*line 4, 5 B/,
    /Refused.*PATH.*line 5.*reserved/,
    /Added.*HTTP_PROXY.*line 6.*proxy/,
    /Refused.*line 7.*not NAME=value/,
  ]);
  await expect(dialog).toContainText("2 variables added, 1 replaced, 2 lines refused.");
  await expect(dialog).toContainText("Afterwards 3 of 200 variables");
  const apply = dialog.getByRole("button", { name: "Confirm" });
  await expect(apply).toBeDisabled();
  await dialog.getByLabel("Leave out the refused lines").check();
  await expect(apply).toBeEnabled();

  await text.press("End");
  await text.pressSequentially(" ");
  await expect(preview).toHaveCount(0);
  await expect(apply).toHaveCount(0);
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(apply).toBeDisabled();
  await dialog.getByLabel("Leave out the refused lines").check();
  await apply.click();
  await expect(dialog).toHaveCount(0);
  await expect(variableRow(page, "NEW")).toBeVisible();
  expect(await readEnvironment(token.secret)).toEqual({
    HTTP_PROXY: "http://proxy.example",
    NEW: "two\nlines",
    OLD: "after",
  });
});

test("a .env file is read in the browser, and refused with an explanation if it is too large or not text", async ({
  admin: page,
  token,
}) => {
  const dialog = await openDialog(page, "Paste .env");
  const [text, file] = [dialog.getByLabel(".env text"), dialog.getByLabel("Choose a file")];
  const choose = (buffer: Buffer) => file.setInputFiles({ name: ".env", mimeType: "text/plain", buffer });
  await choose(Buffer.alloc(256 * 1024 + 1, "a"));
  await expect(file).toHaveAccessibleDescription(/larger than 256 KiB/);
  await text.fill("é".repeat(600_000));
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(text).toHaveAccessibleDescription(/at most 256 KiB/);
  await text.fill("");
  await choose(Buffer.from([0xff, 0xfe, 0x41, 0x00]));
  await expect(file).toHaveAccessibleDescription(/not text in UTF-8/);
  await expect(text).toHaveValue("");
  await choose(Buffer.from("\uFEFFGREETING='Grüße'\r\nNEXT=1\r\n"));
  await expect(text).toHaveValue("GREETING='Grüße'\nNEXT=1\n");
  await dialog.getByRole("button", { name: "Preview" }).click();
  await confirm(dialog);
  await expect(dialog).toHaveCount(0);
  expect(await readEnvironment(token.secret)).toEqual({ GREETING: "Grüße", NEXT: "1" });
});

test("stored values appear in no page, response or form", async ({ admin: page }) => {
  const recorded = await recordAnswers(page);
  const [typed, pasted] = ["typed-secret-4711", "pasted-secret-4712"];
  await addVariable(page, "TYPED", typed);
  const dialog = await openDialog(page, "Paste .env");
  await dialog.getByLabel(".env text").fill(`PASTED=${pasted}\nPATH=${pasted}`);
  await dialog.getByRole("button", { name: "Preview" }).click();
  await dialog.getByLabel("Leave out the refused lines").check();
  expect(await page.content()).not.toContain(pasted);
  await confirm(dialog);
  await expect(variableRow(page, "PASTED")).toBeVisible();

  for (const button of ["Add Variable", "Paste .env"]) {
    const again = await openDialog(page, button);
    await expect(again.getByLabel(button === "Add Variable" ? "Value" : ".env text")).toHaveValue("");
    await page.keyboard.press("Escape");
  }
  await page.reload();
  await expect(variableRow(page, "TYPED")).toBeVisible();
  const kept = await page.evaluate(() => JSON.stringify([location.href, document.title, localStorage, sessionStorage]));
  const answers = await recorded.all();
  expect(answers.some((answer) => answer.includes('"kind":"added"') && answer.includes("PASTED"))).toBe(true);
  const seen = [await page.content(), ...answers, kept].join("\n");
  expect(seen).not.toContain(typed);
  expect(seen).not.toContain(pasted);
});

test("the form shows the limits before they are reached, and a refusal keeps the input", async ({
  admin: page,
  seed,
  token,
}) => {
  for (const name of ["A", "B", "C"]) await seed(name, "x".repeat(40 * 1024));
  await page.reload();
  await expect(page.getByRole("note")).toContainText("3 of 200 variables, 120 KiB of 128 KiB");
  const dialog = await openDialog(page, "Add Variable");
  const [name, value] = [dialog.getByLabel("Name"), dialog.getByLabel("Value")];
  const tooMuch = "ü".repeat(5 * 1024);
  await name.fill("PATH");
  await value.fill(tooMuch);
  await expect(value).toHaveAccessibleDescription(/10 KiB of 48 KiB, 38 KiB left.*130 KiB of 128 KiB, 2 KiB too much/);
  await confirm(dialog);
  await expect(name).toHaveAccessibleDescription(/PATH is reserved/);
  await name.fill("TMPDIR");
  await expect(dialog.getByRole("status")).toContainText("temporary files");
  await confirm(dialog);
  await expect(value).toHaveAccessibleDescription(/at most 128 KiB/);
  await expect(value).toBeFocused();
  await expect(name).toHaveValue("TMPDIR");
  await expect(value).toHaveValue(tooMuch);
  // Larger than Next accepts in a form.
  await value.fill(tooMuch.repeat(120));
  await confirm(dialog);
  await expect(value).toHaveAccessibleDescription(/A value may have at most 48 KiB/);
  await value.fill("short");
  await confirm(dialog);
  await expect(variableRow(page, "TMPDIR")).toBeVisible();
  expect(await readEnvironment(token.secret)).toHaveProperty("TMPDIR", "short");
});

test("the second of two concurrent edits is refused first, and can be confirmed", async ({
  admin: page,
  tenant,
  tab,
  seed,
  token,
  browser,
}) => {
  await seed("SHARED", "first");
  await page.reload();
  const other = await secondAdmin(browser, tenant, tab);
  const replace = await openRowDialog(page, "SHARED", "Replace");
  await replace.getByLabel("Value").fill("mine");
  const theirs = await openRowDialog(other.page, "SHARED", "Replace");
  await theirs.getByLabel("Value").fill("theirs");
  await confirm(theirs);
  await expect(theirs).toHaveCount(0);

  await confirm(replace);
  await expect(replace.getByRole("alert")).toContainText(`changed in the meantime by ${other.name}`);
  await expect(replace.getByLabel("Value")).toHaveValue("mine");
  expect(await readEnvironment(token.secret)).toEqual({ SHARED: "theirs" });
  await confirm(replace);
  await expect(replace).toHaveCount(0);
  expect(await readEnvironment(token.secret)).toEqual({ SHARED: "mine" });

  const remove = await openRowDialog(other.page, "SHARED", "Remove");
  await remove.getByRole("button", { name: "Remove" }).click();
  await expect(remove.getByRole("alert")).toContainText(`changed in the meantime by ${tenant.group.admin.name}`);
  await remove.getByRole("button", { name: "Remove" }).click();
  await expect(remove).toHaveCount(0);

  const again = await openRowDialog(page, "SHARED", "Replace");
  await again.getByLabel("Value").fill("kept");
  await confirm(again);
  await expect(again.getByRole("alert")).toContainText("SHARED was removed in the meantime");
  await expect(again.getByLabel("Value")).toHaveValue("kept");
  await confirm(again);
  await expect(again).toHaveCount(0);
  await addInConflict(other.page);
  expect(await readEnvironment(token.secret)).toEqual({ SHARED: "kept" });
  await other.page.context().close();
});

/** Adds SHARED on a page that doesn't show it any more. */
async function addInConflict(page: Page): Promise<void> {
  const add = await openDialog(page, "Add Variable");
  await add.getByLabel("Name").fill("SHARED");
  await add.getByLabel("Value").fill("lost");
  await confirm(add);
  await expect(add.getByLabel("Name")).toHaveAccessibleDescription(/already, set by/);
  await expect(add.getByLabel("Value")).toHaveValue("lost");
}

test("an outdated preview is not applied", async ({ admin: page, seed, token }) => {
  const dialog = await openDialog(page, "Paste .env");
  await dialog.getByLabel(".env text").fill("ONE=1\nTWO=2");
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog).toContainText("2 variables added");
  await seed("TWO", "seeded");
  await confirm(dialog);
  await expect(dialog.getByRole("alert")).toContainText(/TWO already.*“Preview” shows/);
  await expect(dialog.getByLabel(".env text")).toHaveValue("ONE=1\nTWO=2");
  expect(await readEnvironment(token.secret)).toEqual({ TWO: "seeded" });
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog).toContainText("1 variable added, 1 replaced");
  await confirm(dialog);
  await expect(dialog).toHaveCount(0);
  expect(await readEnvironment(token.secret)).toEqual({ ONE: "1", TWO: "2" });
});

test("a group user sees no environment variables", async ({ page, tenant, tab, seed, signInAs }) => {
  await seed("HIDDEN_NAME", "x");
  await signInAs(tenant.group.user);
  await page.goto(tab);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("tab", { name: "Environment Variables" })).toHaveCount(0);
  expect(await page.content()).not.toContain("HIDDEN_NAME");
});

test("variables can be managed with the keyboard only", async ({ admin: page }) => {
  await page.getByRole("tab", { name: "Environment Variables" }).focus();
  await tabTo("Add Variable");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("BY_KEYBOARD");
  await page.keyboard.press("Tab");
  await page.keyboard.type("one");
  await page.keyboard.press("Enter");
  await page.keyboard.type("two");
  await tabTo("Confirm");
  await page.keyboard.press("Enter");
  await expect(variableRow(page, "BY_KEYBOARD")).toContainText("7 B");
  await expect(page.getByRole("button", { name: "Add Variable" })).toBeFocused();
  await tabTo("Replace");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Value")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Replace" })).toBeFocused();
  await tabTo("Remove");
  await page.keyboard.press("Enter");
  await tabTo("Remove", page.getByRole("dialog"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "No environment variables yet" })).toBeVisible();

  async function tabTo(name: string, within: Pick<Page, "getByRole"> = page): Promise<void> {
    const target = within.getByRole("button", { name, exact: true });
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab never reached “${name}”`);
  }
});

const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const;

for (const { width, colorScheme } of looks) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("neither the tab nor a dialog has a serious accessibility finding or scrolls sideways", async ({
      admin: page,
      seed,
    }) => {
      test.slow();
      await expectAccessibleLayout(page);
      await seed("A".repeat(255), "x".repeat(40 * 1024));
      for (const name of ["DATABASE_URL", "LARGE"]) await seed(name, "x".repeat(40 * 1024));
      await page.reload();
      await expectAccessibleLayout(page);
      const add = await openDialog(page, "Add Variable");
      await add.getByLabel("Name").fill("HTTP_PROXY");
      await add.getByLabel("Value").fill("x".repeat(9000));
      await confirm(add);
      await expect(add.getByLabel("Value")).toHaveAttribute("aria-invalid", "true");
      await expectAccessibleLayout(page);
      await page.keyboard.press("Escape");
      await page
        .getByRole("dialog", { name: "Discard what you typed?" })
        .getByRole("button", { name: "Discard" })
        .click();
      for (const button of ["Replace", "Remove"] as const) {
        await openRowDialog(page, "DATABASE_URL", button);
        await expectAccessibleLayout(page);
        await page.keyboard.press("Escape");
      }
      const paste = await openDialog(page, "Paste .env");
      const many = Array.from({ length: 20 }, (_, index) => `VARIABLE_${index}=${index}`).join("\n");
      await paste.getByLabel(".env text").fill(`DATABASE_URL=x\nPATH=1\n${"B".repeat(255)}=1\nTZ=UTC\n${many}`);
      await paste.getByRole("button", { name: "Preview" }).click();
      await expect(paste.getByRole("listitem")).toHaveCount(24);
      await expectAccessibleLayout(page);
    });
  });
}

async function expectAccessibleLayout(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}
