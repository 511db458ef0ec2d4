import { invite } from "./support/invitations";
import { test } from "./support/server/organization-sign-in";
import { expectSignInPage, sessionCookie } from "./support/sign-in";
import { expect } from "./support/test";

// The tests share one server.
test.describe.configure({ mode: "default" });

test("a person with the same e-mail address is signed in and gets to the requested page", async ({
  page,
  context,
  organization,
}) => {
  const { group } = organization.known;
  await context.addCookies([{ name: "authjs.session-token", value: "planted", url: organization.server.url }]);
  await page.goto(`/groups/${group.id}`);
  await page.getByRole("button", { name: "Continue with your organization" }).click();
  await page.getByRole("button", { name: "known", exact: true }).click();
  await expect(page).toHaveURL(`/groups/${group.id}`);
  await expect(page.getByRole("button", { name: group.admin.name, exact: true })).toBeVisible();
  const cookie = await sessionCookie(context);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(cookie?.value).not.toBe("planted");
});

test("signing in replaces another person's session in the browser", async ({ page, signInAs, organization }) => {
  const { group, organizationAdmin } = organization.known;
  await page.goto("/sign-in");
  await signInAs(organizationAdmin);
  await page.getByRole("button", { name: "Continue with your organization" }).click();
  await page.getByRole("button", { name: "known", exact: true }).click();
  await expect(page.getByRole("button", { name: group.admin.name, exact: true })).toBeVisible();
});

test("a person accepts an invitation without choosing a password, and signs in", async ({
  page,
  organization: { known, newcomer },
}) => {
  const { secret } = await invite(known, { email: newcomer });
  await page.goto(`/invitations/${secret}`);
  await page.getByLabel("Name").fill("Newcomer");
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await page.getByRole("button", { name: "Accept Invitation" }).click();
  await expect(page.getByText(`You are now a member of ${known.organization.name}. Sign in to go on.`)).toBeFocused();
  await page.getByRole("button", { name: "Continue with your organization" }).click();
  await page.getByRole("button", { name: "newcomer", exact: true }).click();
  await expect(page.getByRole("heading", { name: known.organization.name })).toBeVisible();
  await expect(page.getByRole("button", { name: "Newcomer", exact: true })).toBeVisible();
});

for (const [account, sentence] of [
  ["unknown", "There is no veHaaS account for this e-mail address. Ask an organization admin to invite you."],
  ["unverified", /your e-mail address is not verified/],
  ["unreadable", /your e-mail address is not verified/],
  ["nameless", /does not tell veHaaS your e-mail address/],
  ["second", /belongs to another account/],
  ["Cancel", /did not sign you in/],
] as const) {
  test(`"${account}" is refused with an explanation`, async ({ page, context }) => {
    await page.goto("/groups?from=link");
    await page.getByRole("button", { name: "Continue with your organization" }).click();
    await page.getByRole("button", { name: account, exact: true }).click();
    await expectSignInPage(page);
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page).toHaveURL(/callbackUrl=%2Fgroups%3Ffrom%3Dlink$/);
    expect(await sessionCookie(context)).toBeUndefined();
  });
}

test("an unrequested callback is refused with an explanation", async ({ page, context }) => {
  for (const query of ["", "?code=x&state=y", "?error=server_error", "?callbackUrl=javascript:alert(1)"]) {
    await page.goto(`/api/auth/callback/oidc${query}`);
    await expectSignInPage(page);
    await expect(page.getByText(/did not work|did not sign you in/)).toBeVisible();
  }
  expect(await sessionCookie(context)).toBeUndefined();
});

for (const cookie of ["authjs.state", "authjs.nonce", "authjs.pkce.code_verifier"]) {
  test(`a callback without the cookie ${cookie} is refused`, async ({ page, context }) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Continue with your organization" }).click();
    const known = page.getByRole("button", { name: "known", exact: true });
    await expect(known).toBeVisible();
    await context.clearCookies({ name: cookie });
    await known.click();
    await expectSignInPage(page);
    await expect(page.getByText(/did not work/)).toBeVisible();
    expect(await sessionCookie(context)).toBeUndefined();
  });
}
