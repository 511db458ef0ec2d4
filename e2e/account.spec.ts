import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { detailsIn, guessFromNetworks, signInElsewhere } from "./support/account";
import { newPassword, setPassword } from "./support/invitations";
import { expectSignInPage, signInWithPassword } from "./support/sign-in";
import { expect, test } from "./support/test";

const nextPassword = "another password of one’s own";

test.describe.configure({ timeout: 90_000 });

test("a person who changes the password stays signed in here and is signed out elsewhere", async ({
  page,
  browser,
  baseURL,
  tenant,
}) => {
  const { admin } = tenant.group;
  await setPassword(admin);
  await page.goto("/sign-in");
  await signInWithPassword(page, admin.email, newPassword);
  const elsewhere = await signInElsewhere(browser, baseURL, admin.email);

  await page.getByRole("button", { name: admin.name, exact: true }).click();
  await page.getByRole("menuitem", { name: "Account" }).click();
  await expect(page).toHaveTitle("Account · veHaaS");
  await expect(page.getByText("Local password", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Change Password" }).click();
  const dialog = page.getByRole("dialog", { name: "Change Password" });
  const fill = async (current: string, next: string) => {
    await dialog.getByLabel("Current Password").fill(current);
    await dialog.getByLabel("New Password").fill(next);
    await dialog.getByRole("button", { name: "Change" }).click();
  };
  await fill("not my password", nextPassword);
  await expect(dialog.getByLabel("Current Password")).toHaveAccessibleDescription("This is not your current password.");
  await expect(dialog.getByLabel("New Password")).toHaveValue(nextPassword);
  await fill(newPassword, newPassword);
  await expect(dialog.getByLabel("New Password")).toHaveAccessibleDescription(/Choose another one/);
  await fill(newPassword, nextPassword);
  await expect(page.getByRole("main").getByRole("status")).toHaveText(
    "Your password was changed. Signed out of 1 other session.",
  );
  await expect(page.getByRole("button", { name: "Change Password" })).toBeFocused();

  await elsewhere.reload();
  await expectSignInPage(elsewhere);
  await signInWithPassword(elsewhere, admin.email, newPassword);
  await expect(elsewhere.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  expect(await detailsIn(tenant.organization.id, "account.password_changed")).toEqual([{ ended_sessions: "1" }]);
});

test("a person sees their sessions and ends the others", async ({ page, browser, baseURL, tenant, signInAs }) => {
  const { admin } = tenant.group;
  await setPassword(admin);
  await signInAs(admin);
  const others = [1, 2].map(() => signInElsewhere(browser, baseURL, admin.email));
  const [one, other] = await Promise.all(others);
  await page.goto("/account");
  const rows = page.getByRole("table", { name: "Sessions" }).getByRole("row");
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(1)).toContainText("This session");
  await expect(rows.nth(2)).toContainText(/Chrome on \w+.*just now/);
  await expect(rows.getByText("This session")).toHaveCount(1);

  await page.getByRole("button", { name: "Sign Out Everywhere Else" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign Out Everywhere Else" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Sign Out Everywhere Else" }).click();
  await expect(page.getByRole("main").getByRole("status")).toHaveText("Signed out of 2 other sessions.");
  await expect(rows).toHaveCount(2);
  for (const elsewhere of [one, other]) {
    await elsewhere?.reload();
    if (elsewhere) await expectSignInPage(elsewhere);
  }
  expect(await detailsIn(tenant.organization.id, "sign_in.succeeded")).toEqual(
    [1, 2].map(() => ({ method: "password" })),
  );
  expect(await detailsIn(tenant.organization.id, "sign_in.signed_out")).toEqual([{ other_sessions: "2" }]);
});

test("a person without a local password isn't offered to change it", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.user);
  await page.goto("/account");
  await expect(page.getByText("Your organization’s identity provider")).toBeVisible();
  await expect(page.getByText(tenant.group.user.email)).toBeVisible();
  await expect(page.getByRole("button", { name: "Change Password" })).toHaveCount(0);
  await page.getByRole("button", { name: tenant.group.user.name, exact: true }).click();
  await page.getByRole("menuitem", { name: "API Documentation" }).click();
  await expect(page).toHaveURL("/api/v2.0/docs");
});

test("guesses from many networks lock out other browsers, but not the person's own", async ({
  page,
  browser,
  baseURL,
  tenant,
}) => {
  const { admin } = tenant.group;
  await setPassword(admin);
  const own = await signInElsewhere(browser, baseURL, admin.email);
  await own.getByRole("button", { name: admin.name, exact: true }).click();
  await own.getByRole("menuitem", { name: "Sign out" }).click();
  await expectSignInPage(own);
  await guessFromNetworks(admin.email, 21);

  await page.goto("/sign-in");
  await signInWithPassword(page, admin.email, newPassword);
  await expect(page.getByText(/^Too many attempts/)).toBeVisible();
  await signInWithPassword(own, admin.email, newPassword);
  await expect(own.getByRole("heading", { name: "Groups" })).toBeVisible();
  const cookie = (await own.context().cookies()).find(({ name }) => name === "vehaas.device");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  expect(cookie?.value).not.toContain(admin.email);
});

test("a browser that two people share counts as both people's own", async ({ page, tenant }) => {
  const { admin, user } = tenant.group;
  await page.goto("/sign-in");
  for (const person of [admin, user]) {
    await setPassword(person);
    await signInWithPassword(page, person.email, newPassword);
    await page.getByRole("button", { name: person.name, exact: true }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expectSignInPage(page);
  }
  await guessFromNetworks(admin.email, 21);
  await signInWithPassword(page, admin.email, newPassword);
  await expect(page.getByRole("heading", { name: "Groups" })).toBeVisible();
});

for (const { width, colorScheme } of [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("the page and its dialogs have no serious accessibility finding and don't scroll sideways", async ({
      page,
      tenant,
      signInAs,
    }) => {
      await setPassword(tenant.group.admin);
      await signInAs(tenant.group.admin);
      await page.goto("/account");
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      for (const name of ["Change Password", "Sign Out Everywhere Else"]) {
        await page.getByRole("button", { name }).click();
        await expect(page.getByRole("dialog", { name })).toBeVisible();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("button", { name })).toBeFocused();
      }
    });
  });
}
