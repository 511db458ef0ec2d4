import { demoPassword } from "./support/server/demo";
import { endSessionOf, expectSignInPage, sessionCookie, signInWithPassword } from "./support/sign-in";
import { expect, test } from "./support/test";

const email = "group.admin@example.com";
const name = "Grace Admin";
const refusal = "The e-mail address or the password is wrong.";

test("a person who is not signed in signs in first, and then gets to the requested page", async ({ page }) => {
  await page.goto("/groups?from=link");
  await expectSignInPage(page);
  await signInWithPassword(page, email, demoPassword());
  await expect(page).toHaveURL("/groups?from=link");
  await expect(page.getByRole("button", { name })).toBeVisible();
  await page.goto("/sign-in");
  await expect(page).toHaveURL("/groups");
});

test("a person can sign in and out with the keyboard only", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(email.toUpperCase());
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Password")).toBeFocused();
  await page.keyboard.type(demoPassword());
  await page.keyboard.press("Enter");
  const menu = page.getByRole("button", { name });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toContainText(email);
  await expect(page.getByRole("menuitem")).toHaveText(["Account", "API Documentation", "Sign out"]);
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/sign-in");
});

test("a refusal keeps the e-mail address, and is the same for an unknown address", async ({ page, tenant }) => {
  await page.goto("/sign-in");
  for (const given of [tenant.group.user.email, "nobody@example.com", email]) {
    await signInWithPassword(page, given, "wrong");
    const password = page.getByLabel("Password");
    await expect(password).toHaveAccessibleDescription(refusal);
    await expect(password).toBeFocused();
    await expect(page.getByLabel("Email")).toHaveValue(given);
    await page.reload();
  }
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription("Enter your e-mail address.");
  await expect(page.getByLabel("Password")).toHaveAccessibleDescription("Enter your password.");
});

test("after five failures sign-in is locked for a while, without checking the password", async ({ page, tenant }) => {
  await page.goto("/sign-in");
  for (let attempt = 0; attempt < 5; attempt++) {
    await signInWithPassword(page, tenant.group.admin.email, `guess ${attempt}`);
    await expect(page.getByText(refusal)).toBeVisible();
    await page.reload();
  }
  await signInWithPassword(page, tenant.group.admin.email, "guess 5");
  await expect(page.getByText(/^Too many attempts\. Try again in \d+ (minutes|seconds)\.$/)).toBeVisible();
  await expect(page.getByText(refusal)).toBeHidden();
});

test("sign-in never redirects to another site", async ({ page }) => {
  const targets = [
    "/.//evil.example",
    "//evil.example",
    "https:evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
  ];
  const address = (target = "") => `/sign-in?callbackUrl=${encodeURIComponent(target)}`;
  await page.goto(address(targets.shift()));
  await signInWithPassword(page, email, demoPassword());
  await expect(page).toHaveURL("/groups");
  for (const target of targets) {
    await page.goto(address(target));
    await expect(page).toHaveURL("/groups");
  }
});

test("sign-in creates a new session, and scripts can't read its cookie", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "authjs.session-token", value: "planted", url: baseURL }]);
  await page.goto("/sign-in");
  await signInWithPassword(page, email, demoPassword());
  await expect(page.getByRole("button", { name })).toBeVisible();
  const cookie = await sessionCookie(context);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(cookie?.value).not.toBe("planted");
  expect(await page.evaluate(() => document.cookie)).not.toContain("session");
});

test("signing out ends the session on the server, and Back shows the sign-in page", async ({
  page,
  context,
  baseURL,
}) => {
  await page.goto("/sign-in");
  await signInWithPassword(page, email, demoPassword());
  await page.getByRole("link", { name: "Powertrain" }).click();
  await expect(page.getByRole("heading", { name: "Powertrain" })).toBeVisible();
  const value = (await sessionCookie(context))?.value ?? "";
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expectSignInPage(page);
  expect(await sessionCookie(context)).toBeUndefined();
  await page.goBack();
  await expectSignInPage(page);
  await context.addCookies([{ name: "authjs.session-token", value, url: baseURL }]);
  await page.goto("/groups");
  await expectSignInPage(page);
});

test("a session that was ended elsewhere leads to sign-in at the next click", async ({
  page,
  context,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await page.goto("/groups");
  await endSessionOf(context);
  await page.getByRole("link", { name: tenant.group.name }).click();
  await expectSignInPage(page);
  await expect(page).toHaveURL(`/sign-in?callbackUrl=${encodeURIComponent(`/groups/${tenant.group.id}`)}`);
});
