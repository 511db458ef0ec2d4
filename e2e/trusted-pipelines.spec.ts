import { message } from "./support/access-tokens";
import { tokenPath } from "./support/token-acts";
import {
  addPipeline,
  expect,
  jobDefinition,
  openPipelineDialog,
  pipelineRow,
  refusalRow,
  runLines,
  startGithubRunner,
  submitPipeline,
  test,
} from "./support/trusted-pipelines";

// Scripts of jobs run as processes, and each waits for the server.
test.describe.configure({ timeout: 120_000 });

test("a project is added by looking its ID up; a refused job is allowed, and then passes", async ({
  tab: page,
  gitlab,
  token,
  jobs,
}) => {
  await expect(page.getByRole("heading", { name: "No trusted pipelines yet" })).toBeVisible();
  await expect(page.getByText("No exchange was refused.")).toBeVisible();
  const dialog = await openPipelineDialog(page);
  await expect(dialog.getByLabel("Provider URL")).toHaveValue(gitlab.url);
  await dialog.getByLabel("Project", { exact: true }).fill("test/test-project");
  await dialog.getByLabel("Branch or Tag").focus();
  await expect(dialog.getByLabel("Project ID")).toHaveValue("123");
  await expect(dialog.getByRole("status").filter({ hasText: "Found at the provider." })).toBeVisible();
  await expect(dialog.locator("datalist option[value='release/1']")).toHaveCount(1);
  await dialog.getByLabel("Branch or Tag").fill("main");
  await expect(dialog.getByLabel("Protected branches and tags only")).toBeChecked();
  await dialog.getByText("The provider can’t be reached from here").click();
  await dialog.getByLabel("Public Keys").fill(jobs.keys);
  await submitPipeline(dialog);
  await expect(dialog).toHaveCount(0);
  await expect(message(page)).toContainText("Jobs of “test/test-project” are trusted now.");
  await expect(page.getByRole("button", { name: "Add Trusted Pipeline" })).toBeFocused();
  const row = pipelineRow(page, "test/test-project");
  await expect(row).toContainText(/GitLab.*ID 123.*Branch main.*Protected only.*15 minutes.*Never/);

  const definition = await jobDefinition(page, "GitLab CI");
  expect(definition).toContain(`client_id=${token.id}`);
  const run = async (claims?: Record<string, unknown>) =>
    runLines(definition, "- |", { VEHAAS_ID_TOKEN: await jobs.idToken(claims) });
  const feature = { ref: "feature/x", ref_path: "refs/heads/feature/x", ref_protected: "false" };
  await expect(run(feature)).rejects.toThrow(/400/);
  await page.reload();
  const refused = refusalRow(page, "feature/x");
  await expect(refused).toContainText(/test\/test-project.*The branch is feature\/x, expected main\./);
  await expect(refused).toContainText("The branch or tag is not protected.");

  await refused.getByRole("button", { name: "Allow this" }).click();
  await expect(dialog.getByLabel("Project", { exact: true })).toHaveValue("test/test-project");
  await expect(dialog.getByLabel("Project ID")).toHaveValue("123");
  await expect(dialog.getByLabel("Ref Type")).toHaveValue("branch");
  await expect(dialog.getByLabel("Branch or Tag")).toHaveValue("feature/x");
  await expect(dialog.getByLabel("Protected branches and tags only")).not.toBeChecked();
  await expect(dialog.getByLabel("Public Keys")).not.toHaveValue("");
  await submitPipeline(dialog);
  await expect(dialog).toHaveCount(0);

  const { output } = await run(feature);
  expect(output).toContain(token.id);
  expect(output).not.toContain("vhj_");
  await page.reload();
  await expect(pipelineRow(page, "feature/x")).toContainText("just now");
});

test("a job whose signature does not fit is shown without Allow this", async ({
  tab: page,
  tenant,
  token,
  gitlab,
  jobs,
}) => {
  const publicKeys = JSON.parse(jobs.keys);
  await addPipeline(tenant.group.admin, token.id, { providerUrl: gitlab.url, publicKeys });
  const definition = await jobDefinition(page, "GitLab CI");
  await expect(runLines(definition, "- |", { VEHAAS_ID_TOKEN: await jobs.forged() })).rejects.toThrow(/400/);
  await page.reload();
  const refused = refusalRow(page, "signature");
  await expect(refused).toContainText("Not proven");
  await expect(refused.getByRole("button", { name: "Allow this" })).toHaveCount(0);
});

test("the job definition for GitHub Actions asks for an ID token, exchanges it, and masks both", async ({
  tab: page,
  tenant,
  token,
  baseURL,
}) => {
  const runner = await startGithubRunner({ admin: tenant.group.admin, tokenId: token.id, audience: baseURL });
  try {
    const definition = await jobDefinition(page, "GitHub Actions");
    expect(definition).toContain("id-token: write");
    const { output, variables } = await runLines(definition, "run: |", runner.env);
    const secret = /^VEHAAS_TOKEN=(vhj_\w{49})$/m.exec(variables)?.[1];
    expect(output.trim().split("\n")).toEqual([`::add-mask::${runner.idToken}`, `::add-mask::${secret}`]);
    const later = definition.slice(definition.indexOf("- name: Call"));
    const { output: self } = await runLines(later, "run: |", { VEHAAS_TOKEN: `${secret}` });
    expect(self).toContain(token.id);
  } finally {
    await runner.close();
  }
});

test("a refused form keeps what was typed, and says why at its field", async ({ tab: page, gitlab }) => {
  const dialog = await openPipelineDialog(page);
  await submitPipeline(dialog);
  await expect(dialog.getByLabel("Project", { exact: true })).toHaveAccessibleDescription(/Enter the project/);
  await expect(dialog.getByLabel("Project", { exact: true })).toBeFocused();
  await dialog.getByLabel("Project", { exact: true }).fill("test/none");
  await dialog.getByLabel("Project ID").fill("77");
  await expect(dialog.getByText(/may not see it\. You can enter the ID yourself\./)).toBeVisible();
  await submitPipeline(dialog);
  await expect(dialog.getByLabel("Branch or Tag")).toHaveAccessibleDescription(/a branch or a tag, or an environment/);
  await dialog.getByLabel("Branch or Tag").fill("a..b");
  await dialog.getByLabel("Lifetime").fill("90");
  await dialog.getByText("The provider can’t be reached from here").click();
  await dialog.getByLabel("Public Keys").fill("no JSON");
  await submitPipeline(dialog);
  await expect(dialog.getByLabel("Branch or Tag")).toHaveAccessibleDescription(/not the name of a branch/);
  await expect(dialog.getByLabel("Lifetime")).toHaveAccessibleDescription(/5 to 60 minutes/);
  await expect(dialog.getByLabel("Public Keys")).toHaveAccessibleDescription(/JSON Web Key Set/);
  await dialog.getByLabel("Provider URL").fill("http://10.0.0.1");
  await dialog.getByLabel("Branch or Tag").fill("main");
  await dialog.getByLabel("Lifetime").fill("30");
  await dialog.getByLabel("Public Keys").fill("");
  await submitPipeline(dialog);
  await expect(dialog.getByLabel("Provider URL")).toHaveAccessibleDescription(/Use https/);
  await expect(dialog.getByLabel("Project ID")).toHaveValue("77");
  await dialog.getByLabel("Provider URL").fill(gitlab.url);
  await dialog.getByLabel("Ref Type").selectOption("Tag");
  await dialog.getByLabel("Branch or Tag").fill("v*");
  await submitPipeline(dialog);
  await expect(dialog).toHaveCount(0);
  await expect(pipelineRow(page, "test/none")).toContainText(/ID 77.*Tag v\*.*30 minutes/);
});

test("what somebody typed as ID stays, and the provider's is named", async ({ tab: page }) => {
  const dialog = await openPipelineDialog(page);
  await dialog.getByLabel("Project ID").fill("9");
  await dialog.getByLabel("Project", { exact: true }).fill("test/test-project");
  await dialog.getByLabel("Environment").focus();
  await expect(
    dialog.getByText("At the provider the project’s ID is 123. You have entered another one."),
  ).toBeVisible();
  await expect(dialog.getByLabel("Project ID")).toHaveValue("9");
});

test("for GitHub the owner's ID is asked for, and protected branches are not", async ({ tab: page }) => {
  const dialog = await openPipelineDialog(page);
  await dialog.getByLabel("Provider Type").selectOption("GitHub");
  await expect(dialog.getByLabel("Provider URL")).toHaveValue("");
  await expect(dialog.getByLabel("Owner ID")).toBeVisible();
  await expect(dialog.getByLabel("Protected branches and tags only")).toHaveCount(0);
});

test("one is removed after a question that says what ends", async ({ tab: page, tenant, token }) => {
  await addPipeline(tenant.group.admin, token.id);
  await page.reload();
  await pipelineRow(page, "test/test-project").getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove" });
  await expect(question).toContainText(/GitLab project test\/test-project, Branch main.*pipeline secrets end at once/);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "No trusted pipelines yet" })).toBeVisible();
  await expect(message(page)).toContainText("no longer trusted");
});

test("a deletion counts them, and the audit log names them", async ({ tab: page, tenant, token }) => {
  await addPipeline(tenant.group.admin, token.id);
  await page.getByRole("tab", { name: "Activity" }).click();
  await expect(page.getByText("Trusted pipeline: Jobs of test/test-project")).toBeVisible();
  await page.getByRole("button", { name: "Active" }).click();
  await page.getByRole("menuitem", { name: "Delete Token" }).click();
  await expect(page.getByRole("dialog")).toContainText("1 version control access and 1 trusted pipeline are removed.");
});

test("a group user and an organization's admin see none", async ({ page, tenant, token, signInAs }) => {
  await addPipeline(tenant.group.admin, token.id);
  for (const person of [tenant.group.user, tenant.organizationAdmin]) {
    await signInAs(person);
    await page.goto(`${tokenPath(tenant, token)}/trusted-pipelines`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("tab", { name: "Trusted Pipelines" })).toHaveCount(0);
    expect(await page.content()).not.toContain("test/test-project");
  }
});
