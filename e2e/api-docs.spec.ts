import type { Page } from "playwright/test";
import { createToken, leaveUncopied, openTab } from "./support/access-tokens";
import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { expect, test } from "./support/test";

const docs = "/api/v2.0/docs";

// Each run of axe takes some seconds, since the page is long.
test.describe.configure({ timeout: 90_000 });

// Swagger UI puts a link to each operation into the operation's button. We can't change that.
const except = ["nested-interactive"];
// Only the dialog is checked: the page below it is checked in another test.
const dialog = { within: ".dialog-ux", except };

const operation = (page: Page, summary: string) => page.getByRole("button", { name: summary });

test("the description can call the API with a secret, and stores the secret nowhere", async ({
  page,
  tenant,
  signInAs,
  baseURL,
}) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const { dialog: reveal, secret } = await createToken(page, "tried out");
  await leaveUncopied(reveal);

  const asked: string[] = [];
  const failed: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("requestfailed", (request) => failed.push(request.url()));
  page.on("response", (response) => response.ok() || failed.push(response.url()));

  await page.goto(docs);
  await page.getByRole("button", { name: "Authorize" }).click();
  await page.getByLabel("Value:", { exact: true }).fill(secret);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Logout" })).toBeVisible();
  await expectAccessible(page, dialog);
  await page.getByRole("button", { name: "Close" }).last().click();

  await operation(page, "Get the token that asks").click();
  await expect(page).toHaveURL(/#\/Access%20tokens\/getOwnAccessToken$/);
  await page.getByRole("button", { name: "Try it out" }).click();
  const answered = page.waitForResponse(/\/access-tokens\/self$/);
  await page.getByRole("button", { name: "Execute" }).click();
  expect((await answered).status()).toBe(200);
  await expect(page.getByText('"name": "tried out"')).toBeVisible();

  expect(asked.filter((url) => !url.startsWith(`${baseURL}/`))).toEqual([]);
  expect(failed).toEqual([]);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept).not.toContain(secret);
  await page.reload();
  // The URL's fragment reopens the operation.
  await expect(page.getByRole("button", { name: "Try it out" })).toBeVisible();
  await page.getByRole("button", { name: "Authorize" }).click();
  await expect(page.getByLabel("Value:", { exact: true })).toHaveValue("");
});

const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const;

for (const { width, colorScheme } of looks) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });
    test("the description has no serious accessibility finding and doesn't scroll sideways", async ({ page }) => {
      await page.goto(docs);
      await page.getByRole("button", { name: "Authorize" }).click();
      await expectAccessible(page, dialog);
      await page.getByRole("button", { name: "Close" }).first().click();
      for (const summary of ["List access tokens", "Create an access token"]) {
        await operation(page, summary).click();
        await page.getByRole("button", { name: "Try it out" }).first().click();
      }
      await page.getByRole("button", { name: "Execute" }).first().click();
      await expect(page.getByText("Response body")).toBeVisible();
      await expectAccessible(page, { except });
      await expectNoSidewaysScroll(page);
    });
  });
}
