import { openCreateDialog, tabOf } from "./support/access-tokens";
import { confirm, openDialog, readEnvironment, test as withVariables } from "./support/environment-variables";
import { formOf, postBody, sessionOf, signInActionId } from "./support/page-bodies";
import { endSessionOf, signInWithPassword } from "./support/sign-in";
import { expect, test } from "./support/test";

const shapes: Record<string, string> = {
  "deep arrays": `[${`${"[".repeat(400)}${"]".repeat(400)},`.repeat(1200)}1]`,
  "empty arrays": `[${"[],".repeat(330_000)}1]`,
  "empty objects": `[${"{},".repeat(330_000)}1]`,
};

test("a body that would take long to decode is refused before decoding", async ({ page, tenant, complaints }) => {
  const action = await signInActionId(page);
  const session = await sessionOf(tenant.group.admin);
  for (const [shape, value] of Object.entries(shapes)) {
    const body = formOf([["0", value]]);
    expect(await postBody(body, { action }), shape).toMatchObject({ status: 413 });
    expect(await postBody(body, { action, session }), shape).toMatchObject({ status: 400 });
    const small = formOf([["0", `${value.slice(0, 12_000)}1]`]]);
    expect(await postBody(small, { action }), shape).toMatchObject({ status: 400 });
    expect(await postBody(small, {}), shape).toMatchObject({ status: 400 });
    const text = "text/plain;charset=UTF-8";
    expect(await postBody(value.slice(0, 12_000), { action, type: text }), shape).toMatchObject({ status: 400 });
  }
  const bound = formOf([
    ["$ACTION_REF_1", ""],
    ["$ACTION_1:0", `{"id":"${action}","bound":"$@1"}`],
    ["$ACTION_1:1", "[[],".repeat(3000)],
  ]);
  expect(await postBody(bound, {})).toMatchObject({ status: 400 });
  const good = formOf([
    ["_1_email", ""],
    ["_1_password", ""],
    ["0", '[{"status":"idle"},"$K1"]'],
  ]);
  const answer = await postBody(good, { action });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toContain("Enter your password.");
  complaints.length = 0;
});

test("a form that is too large says so and keeps its input", async ({ page, tenant, signInAs }) => {
  const long = `${"x".repeat(20_000)}@example.com`;
  await page.goto("/sign-in");
  await signInWithPassword(page, long, "a password");
  await expect(page.getByText("This form is too large to be sent while you are signed out.")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue(long);
  await expect(page.getByLabel("Password")).toHaveValue("a password");

  await signInAs(tenant.group.admin);
  await page.goto(tabOf(tenant.group));
  const form = await openCreateDialog(page);
  const name = "n".repeat(1024 * 1024);
  await form.getByLabel("Token Name").fill(name);
  await form.getByRole("button", { name: "30 days" }).click();
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByRole("alert")).toHaveText(/^This form is too large to be sent\. Shorten what you typed/);
  await expect(form.getByLabel("Token Name")).toHaveValue(name);
  await form.getByLabel("Token Name").fill("nightly");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Created" })).toBeVisible();
});

withVariables("the largest .env text is previewed and applied", async ({ admin: page, token }) => {
  const value = "漢".repeat(16 * 1024 - 100);
  const comment = `# ${"語".repeat(260 * 100)}\n`;
  const text = `${comment.repeat(6)}FIRST="${value}"\n${comment.repeat(2)}SECOND="${value}"\nEND=1\n`;
  const dialog = await openDialog(page, "Paste .env");
  await dialog.getByLabel(".env text").fill(text);
  await dialog.getByRole("button", { name: "Preview" }).click();
  await expect(dialog).toContainText("3 variables added");
  await confirm(dialog);
  await expect(dialog).toHaveCount(0);
  expect(await readEnvironment(token.secret)).toEqual({ FIRST: value, SECOND: value, END: "1" });
});

withVariables("200 variables with the longest names are applied at once", async ({ admin: page, token }) => {
  const names = Array.from({ length: 200 }, (_, id) => `V${id}_`.padEnd(255, "x"));
  const dialog = await openDialog(page, "Paste .env");
  await dialog.getByLabel(".env text").fill(names.map((name) => `${name}=1`).join("\n"));
  await dialog.getByRole("button", { name: "Preview" }).click();
  await confirm(dialog);
  await expect(dialog).toHaveCount(0);
  expect(Object.keys(await readEnvironment(token.secret))).toHaveLength(200);
});

withVariables(
  "a .env text beyond the limit is refused with an explanation, and stays in the form",
  async ({ admin: page, context, signInAs, tenant }) => {
    const dialog = await openDialog(page, "Paste .env");
    const field = dialog.getByLabel(".env text");
    // Each of these characters takes six bytes in JSON.
    const text = `A=1 #${"\u0001".repeat(200_000)}`;
    await field.fill(text);
    await dialog.getByRole("button", { name: "Preview" }).click();
    await expect(dialog.getByRole("alert")).toContainText("This form is too large to be sent.");
    await expect(field).toHaveValue(text);

    const fitting = `A=1 #${"x".repeat(100_000)}`;
    await field.fill(fitting);
    await endSessionOf(context);
    await dialog.getByRole("button", { name: "Preview" }).click();
    await expect(dialog.getByRole("alert")).toContainText(
      "This form is too large to be sent while you are signed out.",
    );
    await expect(field).toHaveValue(fitting);
    await signInAs(tenant.group.admin);
    await dialog.getByRole("button", { name: "Preview" }).click();
    await expect(dialog).toContainText("1 variable added");
  },
);
