import type { Locator, Page } from "playwright/test";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { test as base, expect } from "./test";

export { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
export { expect };

type Fixtures = {
  /** A stand-in GitLab under a sub-path. */
  gitlab: Awaited<ReturnType<typeof startGitlab>>;
  /** A second one. */
  otherGitlab: Fixtures["gitlab"];
  /** An access token of the tenant's group. */
  token: TestToken;
  /** The dialog "Add Access" on the token's page, opened as the group's admin. */
  form: Locator;
};

export const test = base.extend<Fixtures>({
  // biome-ignore-start lint/correctness/noEmptyPattern: Playwright asks for the braces.
  gitlab: async ({}, use) => using(await startGitlab({ subPath: "/gitlab" }), use),
  otherGitlab: async ({}, use) => using(await startGitlab({ subPath: "/other" }), use),
  // biome-ignore-end lint/correctness/noEmptyPattern: Playwright asks for the braces.
  token: async ({ tenant }, use) => use(await createToken(tenant.group.admin, tenant.group.scope)),
  form: async ({ page, tenant, token, signInAs }, use) => {
    await signInAs(tenant.group.admin);
    await page.goto(`/groups/${tenant.group.id}/access-tokens/${token.id}`);
    await use(await openAddDialog(page));
  },
});

async function using<T extends { close: () => Promise<unknown> }>(server: T, use: (server: T) => Promise<void>) {
  await use(server);
  await server.close();
}

async function openAddDialog(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Add Access" }).click();
  return page.getByRole("dialog", { name: "Add Access" });
}

type Access = { type?: string; url: string; token: string; scope?: string; id?: string };

export async function fillAccess(form: Locator, access: Access): Promise<void> {
  const { type = "GitLab", url, token, scope = "Project", id = "123" } = access;
  await form.getByLabel("Provider Type").selectOption(type);
  await form.getByLabel("Provider URL").fill(url);
  await form.getByLabel("Access Token").fill(token);
  await form.getByLabel("Token Scope").selectOption(scope);
  await form.getByLabel("Project/Group ID").fill(id);
}

export async function submitAccess(form: Locator): Promise<void> {
  await form.getByRole("button", { name: "Add", exact: true }).click();
}

export const accessRow = (page: Page, url: string) =>
  page.getByRole("table", { name: "Version control accesses" }).getByRole("row").filter({ hasText: url });

export const runnerRow = (page: Page, url: string) =>
  page.getByRole("table", { name: "Runners" }).getByRole("row").filter({ hasText: url });

/** Registers a runner, as a VM does when a session starts. */
export async function startRunner(secret: string, providerUrl: string, tags: string[]): Promise<void> {
  const asking = { provider_url: providerUrl, tags };
  const path = "/api/v2.0/session-context/runners";
  const { status } = await askAs(`${process.env.E2E_URL}`, secret, "POST", path, asking);
  expect(status).toBe(201);
}
