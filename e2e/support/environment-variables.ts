import type { Browser, Locator, Page } from "playwright/test";
import type { Person } from "@/lib/auth/actor";
import { setVariable } from "@/lib/environment-variables/change";
import { createSession } from "@/lib/sign-in/sessions";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { environmentOf } from "@/testing/api/environment-variables";
import { createPerson, type Tenant } from "@/testing/tenant";
import { test as base, expect } from "./test";

export { expect };

type Fixtures = {
  /** An access token of the tenant's group. */
  token: TestToken;
  /** The path of the token's Environment Variables tab. */
  tab: string;
  /** A page on that tab, signed in as the group's admin. */
  admin: Page;
  /** Sets a variable of the token without the page. */
  seed: (name: string, value: string) => Promise<void>;
};

export const test = base.extend<Fixtures>({
  token: async ({ tenant }, use) => use(await createToken(tenant.group.admin, tenant.group.scope)),
  tab: async ({ tenant, token }, use) =>
    use(`/groups/${tenant.group.id}/access-tokens/${token.id}/environment-variables`),
  admin: async ({ page, tenant, tab, signInAs }, use) => {
    await signInAs(tenant.group.admin);
    await page.goto(tab);
    await use(page);
  },
  seed: async ({ tenant, token }, use) => {
    await use(async (name, value) => {
      await setVariable(tenant.group.admin, token.id, { name, value });
    });
  },
});

/** The tab in another browser, signed in as another admin of the group, and that admin's name. */
export async function secondAdmin(browser: Browser, tenant: Tenant, tab: string) {
  const person = await createPerson(tenant.organization.id, "organization_user", { [tenant.group.id]: "group_admin" });
  return { name: person.name, page: await openAs(browser, person, tab) };
}

async function openAs(browser: Browser, { userId }: Person, path: string): Promise<Page> {
  const baseURL = process.env.E2E_URL;
  const context = await browser.newContext({ baseURL });
  const value = await createSession(userId);
  await context.addCookies([{ name: "authjs.session-token", value, url: baseURL, httpOnly: true }]);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

export async function openDialog(page: Page, button: string): Promise<Locator> {
  await page.getByRole("button", { name: button, exact: true }).click();
  return page.getByRole("dialog", { name: button, exact: true });
}

export async function openRowDialog(page: Page, name: string, button: "Replace" | "Remove"): Promise<Locator> {
  await variableRow(page, name).getByRole("button", { name: button }).click();
  return page.getByRole("dialog", { name: button });
}

export async function addVariable(page: Page, name: string, value: string): Promise<void> {
  const dialog = await openDialog(page, "Add Variable");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Value").fill(value);
  await confirm(dialog);
  await expect(dialog).toHaveCount(0);
}

export async function confirm(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Confirm" }).click();
}

export const variableRow = (page: Page, name: string) =>
  page
    .getByRole("table", { name: "Environment variables" })
    .getByRole("row")
    .filter({ has: page.getByText(name, { exact: true }) });

/** The environment of a session that starts now. */
export async function readEnvironment(secret: string): Promise<Record<string, unknown>> {
  return Object.fromEntries(await environmentOf(`${process.env.E2E_URL}`, secret));
}

/** Records all documents and fetched responses from now on; `all` ends the recording. */
export async function recordAnswers(page: Page): Promise<{ all: () => Promise<string[]> }> {
  const answers: string[] = [];
  // Chromium keeps no body of a streamed response, such as an action's.
  await page.route("**/*", async (route) => {
    if (!["document", "fetch"].includes(route.request().resourceType())) return route.continue();
    const response = await route.fetch({ maxRedirects: 0 });
    answers.push(await response.text());
    await route.fulfill({ response });
  });
  return {
    all: async () => {
      // Responses in flight count, and would be aborted by the end of the test.
      await page.unrouteAll({ behavior: "wait" });
      return answers;
    },
  };
}
