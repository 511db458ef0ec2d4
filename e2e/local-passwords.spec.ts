import { newPassword, setPassword } from "./support/invitations";
import { startServer, type TestServer } from "./support/server/server";
import { expectSignInPage, signInWithPassword } from "./support/sign-in";
import { expect, test } from "./support/test";

test.describe.configure({ timeout: 90_000 });

let off: TestServer;

// A second server on the run's database; the first one has local passwords.
test.beforeAll(async () => {
  off = await startServer({ LOCAL_PASSWORDS: "off" });
});
test.afterAll(() => off.stop());

test("without local passwords the server logs at its start who can sign in, and the page has no form", async ({
  page,
}) => {
  expect(off.lines).toContain("Nobody can sign in: LOCAL_PASSWORDS is off, and OIDC_ISSUER is not set.");
  await page.goto(`${off.url}/sign-in`);
  await expectSignInPage(page);
  await expect(page.getByText("No way to sign in is set up yet.")).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveCount(0);
});

test("without local passwords a session that was started with a password is refused", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { admin } = tenant.group;
  await setPassword(admin);
  await page.goto("/sign-in");
  await signInWithPassword(page, admin.email, newPassword);
  await expect(page.getByRole("heading", { name: "Groups" })).toBeVisible();
  // Cookies ignore ports, so the browser sends this one to both servers.
  await page.goto(`${off.url}/groups`);
  await expectSignInPage(page);
  await signInAs(admin);
  await page.goto(`${off.url}/account`);
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Change Password" })).toHaveCount(0);
});
