import {
  accessRow,
  expect,
  fillAccess,
  gitlabToken,
  runnerRow,
  startRunner,
  submitAccess,
  test,
} from "./support/version-control";

test("a project access under a sub-path registers a runner, which is removed when the token is revoked", async ({
  page,
  form,
  gitlab,
  token,
}) => {
  await fillAccess(form, { url: `${gitlab.url}/`, token: gitlabToken("projectBot") });
  await submitAccess(form);
  await expect(form).toHaveCount(0);
  const row = accessRow(page, gitlab.url);
  await expect(row).toContainText(/GitLab.*Project.*123.*Bot.*OK/);
  await expect(page.getByRole("table", { name: "Runners" })).toHaveCount(0);
  expect(gitlab.runners.size).toBe(0);

  await startRunner(token.secret, gitlab.url, ["bench"]);
  await page.reload();
  await expect(runnerRow(page, gitlab.url)).toContainText(/bench.*Registered/);
  expect(gitlab.runners.size).toBe(1);
  expect(await page.content()).not.toContain(gitlabToken("projectBot"));

  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Revoke Token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Token" }).click();
  await expect(page.getByRole("button", { name: "Revoked" })).toBeVisible();
  await expect.poll(() => gitlab.runners.size).toBe(0);
  await expect(async () => {
    await page.reload();
    await expect(row).toBeVisible();
    await expect(page.getByRole("table", { name: "Runners" })).toHaveCount(0);
  }).toPass();
});

test("the dialog's fields are excluded from password managers", async ({ form }) => {
  await expect(form.getByLabel("Access Token")).toHaveAttribute("autocomplete", "new-password");
  for (const label of ["Provider URL", "Access Token", "Project/Group ID"]) {
    for (const [name, value] of [
      ["data-1p-ignore", ""],
      ["data-bwignore", ""],
      ["data-lpignore", "true"],
      ["data-form-type", "other"],
    ] as const) {
      await expect(form.getByLabel(label)).toHaveAttribute(name, value);
    }
  }
});

const refusals = [
  { differs: { token: gitlabToken("readOnly") }, field: "Access Token", says: /lacks the scope create_runner/ },
  { differs: { token: gitlabToken("developer") }, field: "Access Token", says: /needs Maintainer/ },
  { differs: { token: "" }, field: "Access Token", says: /Enter the token/ },
  { differs: { url: "" }, field: "Provider URL", says: /Enter the provider’s URL/ },
  { differs: { url: "http://10.0.0.1" }, field: "Provider URL", says: /https/ },
  { differs: { id: "999" }, field: "Project/Group ID", says: /was not found/ },
  { differs: { id: "" }, field: "Project/Group ID", says: /Enter the ID/ },
] as const;

for (const { differs, field, says } of refusals) {
  test(`${JSON.stringify(differs)} is refused with an explanation at its field, and the form keeps its input`, async ({
    page,
    form,
    gitlab,
  }) => {
    const access = { url: gitlab.url, token: gitlabToken("projectBot"), id: "123", ...differs };
    await fillAccess(form, access);
    await submitAccess(form);
    const refused = form.getByLabel(field);
    await expect(refused).toHaveAttribute("aria-invalid", "true");
    await expect(refused).toHaveAccessibleDescription(says);
    await expect(refused).toBeFocused();
    await expect(form.getByLabel("Provider Type")).toHaveValue("gitlab");
    await expect(form.getByLabel("Provider URL")).toHaveValue(access.url);
    await expect(form.getByLabel("Access Token")).toHaveValue(access.token);
    await expect(form.getByLabel("Token Scope")).toHaveValue("project");
    await expect(form.getByLabel("Project/Group ID")).toHaveValue(access.id);
    await page.reload();
    await expect(page.getByRole("heading", { name: "No version control access yet" })).toBeVisible();
  });
}

test("a personal token causes a warning, and is stored after confirmation", async ({ page, form, gitlab }) => {
  const anyway = form.getByLabel("Use a personal token anyway");
  await expect(form.getByRole("note")).toContainText("Do not use a personal token");
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("personal") });
  await submitAccess(form);
  await expect(form.getByLabel("Access Token")).toHaveAccessibleDescription(/person’s token/);
  await form.getByLabel("Access Token").fill(gitlabToken("readOnly"));
  await expect(anyway).toHaveCount(0);
  await form.getByLabel("Access Token").fill(gitlabToken("personal"));
  await submitAccess(form);
  await anyway.check();
  await submitAccess(form);
  await expect(form).toHaveCount(0);
  await expect(accessRow(page, gitlab.url)).toContainText("OK");
});

test("the help texts depend on the provider and the scope", async ({ form }) => {
  const [token, id] = [form.getByLabel("Access Token"), form.getByLabel("Project/Group ID")];
  await expect(token).toHaveAccessibleDescription(/project access token with the role Maintainer/);
  await form.getByLabel("Token Scope").selectOption("Group");
  await expect(token).toHaveAccessibleDescription(/group access token with the role Owner/);
  await form.getByLabel("Provider Type").selectOption("GitHub");
  await expect(token).toHaveAccessibleDescription(/Self-hosted runners/);
  await expect(id).toHaveAccessibleDescription(/login of the organization/);
  await form.getByLabel("Token Scope").selectOption("Project");
  await expect(token).toHaveAccessibleDescription(/Administration/);
  await expect(id).toHaveAccessibleDescription(/owner\/repo/);
});

test("a click enters the provider's own site", async ({ form }) => {
  const url = form.getByLabel("Provider URL");
  const gitlab = form.getByRole("button", { name: "GitLab.com" });
  await gitlab.click();
  await expect(url).toHaveValue("https://gitlab.com");
  await expect(gitlab).toHaveAttribute("aria-pressed", "true");
  await form.getByLabel("Provider Type").selectOption("GitHub");
  await form.getByRole("button", { name: "GitHub.com" }).click();
  await expect(url).toHaveValue("https://github.com");
});

test("several accesses are checked by one click", async ({ page, form, gitlab, otherGitlab }) => {
  const checkAll = page.getByRole("button", { name: "Check All" });
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
  await submitAccess(form);
  await expect(accessRow(page, gitlab.url)).toBeVisible();
  await expect(checkAll).toHaveCount(0);
  await page.getByRole("button", { name: "Add Access" }).click();
  await fillAccess(form, { url: otherGitlab.url, token: gitlabToken("projectBot") });
  await submitAccess(form);
  await expect(accessRow(page, otherGitlab.url)).toBeVisible();
  for (const provider of [gitlab, otherGitlab]) provider.failWith("error");
  await checkAll.click();
  for (const { url } of [gitlab, otherGitlab]) {
    await expect(accessRow(page, url).getByRole("status")).toContainText(/Failed.*out of order/);
  }
});

test("an access can be checked again, given another token, and removed", async ({ page, form, gitlab }) => {
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
  await submitAccess(form);
  const row = accessRow(page, gitlab.url);
  await expect(row).toBeVisible();
  gitlab.failWith("error");
  await row.getByRole("button", { name: "Check" }).click();
  await expect(row.getByRole("status")).toContainText(/Failed.*out of order/);
  gitlab.failWith(undefined);
  await row.getByRole("button", { name: "Check" }).click();
  await expect(row.getByRole("status")).toContainText("OK");

  await row.getByRole("button", { name: "Replace token" }).click();
  const replace = page.getByRole("dialog", { name: "Replace token" });
  await replace.getByLabel("Access Token").fill(gitlabToken("developer"));
  await replace.getByRole("button", { name: "Replace" }).click();
  await expect(replace.getByLabel("Access Token")).toHaveAccessibleDescription(/needs Maintainer/);
  await replace.getByLabel("Access Token").fill(gitlabToken("createRunnerAndSelf"));
  await replace.getByRole("button", { name: "Replace" }).click();
  await expect(replace).toHaveCount(0);
  await expect(row).toContainText("…Self");

  await row.getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove" });
  await expect(question).toContainText(gitlab.url);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "No version control access yet" })).toBeVisible();
});

test("an access can be limited to some tags, and can run untagged jobs", async ({ page, form, gitlab, token }) => {
  await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
  const [tags, untagged] = [form.getByLabel("Allowed Tags"), form.getByLabel("Run untagged jobs")];
  await expect(untagged).not.toBeChecked();
  await expect(untagged).toHaveAccessibleDescription(/every job without tags/);
  await form.getByLabel("Provider Type").selectOption("GitHub");
  await expect(untagged).toHaveCount(0);
  await form.getByLabel("Provider Type").selectOption("GitLab");
  await tags.fill(`bench, ${"x".repeat(65)}`);
  await submitAccess(form);
  await expect(tags).toHaveAccessibleDescription(/at most 64 characters/);
  await tags.fill(" bench,HIL, bench,");
  await submitAccess(form);
  await expect(form).toHaveCount(0);

  const row = accessRow(page, gitlab.url);
  const allowed = row.getByRole("listitem");
  await expect(allowed).toHaveText(["bench", "HIL"]);
  await expect(row).not.toContainText("untagged");
  await startRunner(token.secret, gitlab.url, []);
  expect([...gitlab.runners.values()].at(-1)).toMatchObject({ tags: ["bench", "HIL"], runUntagged: false });

  await row.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit" });
  await expect(edit).toContainText(gitlab.url);
  await expect(edit.getByLabel("Allowed Tags")).toHaveValue("bench, HIL");
  await edit.getByLabel("Allowed Tags").fill("");
  await edit.getByLabel("Run untagged jobs").check();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0);
  await expect(row).toContainText(/Any.*Runs untagged jobs/);
  const warning = page.getByRole("note").filter({ hasText: "run untagged jobs" });
  await expect(warning).toContainText(/Accesses added before this could be turned off still do/);
  await startRunner(token.secret, gitlab.url, []);
  expect([...gitlab.runners.values()].at(-1)).toMatchObject({ tags: [], runUntagged: true });

  await row.getByRole("button", { name: "Edit" }).click();
  await expect(edit.getByLabel("Run untagged jobs")).toBeChecked();
  await edit.getByLabel("Run untagged jobs").uncheck();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0);
  await expect(warning).toHaveCount(0);
  await expect(row).not.toContainText("untagged");
});

test.describe("768 px", () => {
  test.use({ viewport: { width: 768, height: 800 } });

  test("below 900 px an access is a card that cuts nothing and has one menu", async ({ page, form, gitlab }) => {
    await fillAccess(form, { url: gitlab.url, token: gitlabToken("projectBot") });
    await submitAccess(form);
    const row = accessRow(page, gitlab.url);
    const actions = row.getByRole("button", { name: "Actions" });
    await expect(actions).toHaveAccessibleDescription(new RegExp(gitlab.url));
    await expect(row.getByRole("button")).toHaveCount(1);

    const topOf = async (label: string) => (await row.locator(`[data-label="${label}"]`).boundingBox())?.y ?? 0;
    const [name, menu, check, expiry] = [
      await topOf("Provider"),
      await topOf("Actions"),
      await topOf("Last Check"),
      await topOf("Token Expires"),
    ];
    expect(Math.abs(name - menu)).toBeLessThan(20);
    expect(Math.abs(check - expiry)).toBeLessThan(20);
    expect(check).toBeGreaterThan(name + 20);
    expect(check).toBeLessThan(await topOf("Scope"));
    const url = row.getByText(gitlab.url);
    expect(await url.evaluate((text) => text.scrollWidth <= text.clientWidth)).toBe(true);

    await actions.click();
    await expect(page.getByRole("menuitem")).toHaveText(["Check", "Edit", "Replace token", "Remove"]);
    await page.getByRole("menuitem", { name: "Replace token" }).click();
    await expect(page.getByRole("dialog", { name: "Replace token" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(actions).toBeFocused();
    await actions.click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(row).toHaveCount(0);
  });
});
