import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import {
  acceptAsNew,
  endInvitation,
  freshPage,
  invite,
  inviteOnPage,
  newEmail,
  newPassword,
  otherTenant,
  setPassword,
  startMailServer,
} from "./support/invitations";
import { startServer } from "./support/server/server";
import { signInWithPassword } from "./support/sign-in";
import { expect, test } from "./support/test";

const closed = "This invitation can’t be used";
/** The path of an invitation that was created without the pages. */
const pathOf = ({ secret }: { secret: string }) => `/invitations/${secret}`;

test("an invitation's link lets one person join, set a password and sign in", async ({
  page,
  tenant,
  signInAs,
  browser,
  baseURL,
}) => {
  const email = newEmail();
  await signInAs(tenant.organizationAdmin);
  const dialog = await inviteOnPage(page, tenant, ` ${email.toUpperCase()} `);
  const link = await dialog.getByLabel("Invitation link").inputValue();
  expect(link).toMatch(new RegExp(`^${baseURL}/invitations/[0-9A-Za-z]{43}$`));
  await expect(dialog.getByRole("note")).toContainText(`Send this link to ${email}`);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("table", { name: "Invitations" }).getByRole("row", { name: email })).toBeVisible();
  expect(await page.content()).not.toContain(link.slice(-43));

  const visitor = await freshPage(browser, baseURL);
  await visitor.goto(link);
  await expect(visitor.getByRole("heading", { name: `Join ${tenant.organization.name}` })).toBeVisible();
  await expect(visitor.getByText(`${tenant.organizationAdmin.name} has invited ${email}`)).toBeVisible();
  await visitor.getByLabel("Password").fill("too short");
  await visitor.getByRole("button", { name: "Accept Invitation" }).click();
  await expect(visitor.getByLabel("Name")).toHaveAccessibleDescription("Enter a name.");
  await expect(visitor.getByLabel("Password")).toHaveAccessibleDescription(/Use at least 12 characters/);
  await expect(visitor.getByLabel("Password")).toHaveValue("too short");
  await acceptAsNew(visitor, "Ada New");
  await visitor.getByRole("link", { name: "Sign in" }).click();
  await signInWithPassword(visitor, email, newPassword);
  await expect(visitor.getByRole("heading", { name: tenant.organization.name })).toBeVisible();
  await expect(visitor.getByRole("button", { name: "Ada New" })).toBeVisible();

  const other = await freshPage(browser, baseURL);
  await other.goto(link);
  await expect(other.getByRole("heading", { name: closed })).toBeVisible();
});

test("a withdrawn invitation's link doesn't work, and an existing member can't be invited", async ({
  page,
  tenant,
  signInAs,
}) => {
  const invitation = await invite(tenant);
  await signInAs(tenant.organizationAdmin);
  await page.goto(`/organizations/${tenant.organization.id}/members`);
  await page.getByRole("button", { name: `Withdraw the invitation of ${invitation.email}` }).click();
  const question = page.getByRole("dialog", { name: "Withdraw Invitation" });
  await expect(question).toContainText(invitation.email);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Withdraw Invitation" }).click();
  await expect(page.getByRole("table", { name: "Invitations" })).toHaveCount(0);
  const { email, name } = tenant.group.user;
  await page.getByRole("button", { name: "Invite Member" }).click();
  const form = page.getByRole("dialog", { name: "Invite Member" });
  await form.getByLabel("Email").fill(email);
  await form.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(form.getByLabel("Email")).toHaveAccessibleDescription(new RegExp(`${name} is already a member`));
  await expect(form.getByLabel("Email")).toHaveValue(email);
  await page.goto(pathOf(invitation));
  await expect(page.getByRole("heading", { name: closed })).toBeVisible();
});

test("unknown and expired links look like used ones", async ({ page, tenant }) => {
  const late = await invite(tenant);
  await endInvitation(late.id, "-1 second");
  for (const secret of [late.secret, "x".repeat(43), "x", "%C3%A9"]) {
    const answer = await page.goto(pathOf({ secret }));
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: closed })).toBeVisible();
  }
});

test("opening a link, as a mail scanner does, doesn't use it up, and the response isn't cached", async ({
  page,
  request,
  tenant,
}) => {
  const path = pathOf(await invite(tenant));
  for (const method of ["GET", "HEAD"]) {
    const answer = await request.fetch(path, { method });
    expect(answer.status()).toBe(200);
    expect(answer.headers()).toMatchObject({ "cache-control": "private, no-store", "referrer-policy": "same-origin" });
  }
  await page.goto(path);
  await acceptAsNew(page, "Ada");
});

test("a person with an account signs in first, then joins", async ({ page, tenant }) => {
  const person = tenant.group.user;
  await setPassword(person);
  const other = await otherTenant();
  await page.goto(pathOf(await invite(other, { email: person.email })));
  await expect(page.getByRole("button", { name: "Accept Invitation" })).toHaveCount(0);
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInWithPassword(page, person.email, newPassword);
  await page.getByRole("button", { name: "Accept Invitation" }).click();
  await expect(page.getByText(`You are now a member of ${other.organization.name}.`)).toBeFocused();
  await page.getByRole("link", { name: "Open organization" }).click();
  await expect(page.getByRole("heading", { name: other.organization.name })).toBeVisible();
});

test("a person signed in with another e-mail address sees that, and can sign out", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { email } = tenant.group.user;
  await signInAs(tenant.group.user);
  await page.goto(pathOf(await invite(tenant)));
  await expect(page.getByRole("note")).toContainText(`You are signed in as ${email}.`);
  await expect(page.getByRole("button", { name: "Accept Invitation" })).toHaveCount(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await acceptAsNew(page, "Ada");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the sign-out form works", async ({ page, tenant, signInAs }) => {
    await signInAs(tenant.group.user);
    await page.goto(pathOf(await invite(tenant)));
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Accept Invitation" })).toBeVisible();
  });
});

test("with a mail server the link is only mailed, is shown if that fails, and is not logged", async ({
  page,
  context,
  tenant,
  signInAs,
  browser,
}) => {
  test.slow();
  const mail = await startMailServer();
  const server = await startServer({
    SMTP_URL: mail.url,
    SMTP_FROM: "veHaaS <vehaas@example.com>",
    LOG_LEVEL: "debug",
  });
  try {
    await signInAs(tenant.organizationAdmin);
    const [session] = await context.cookies();
    await context.addCookies([{ name: session?.name ?? "", value: session?.value ?? "", url: server.url }]);
    const email = newEmail();
    const dialog = await inviteOnPage(page, tenant, email, server.url);
    await expect(dialog.getByRole("note")).toContainText(`An e-mail with the link was sent to ${email}.`);
    await expect(dialog.getByLabel("Invitation link")).toHaveCount(0);
    expect(mail.received).toMatchObject([{ from: "vehaas@example.com", to: [email] }]);
    const [link = ""] = new RegExp(`${server.url}/invitations/\\w{43}`).exec(mail.received[0]?.body ?? "") ?? [];
    const visitor = await freshPage(browser, server.url);
    await visitor.goto(link);
    await acceptAsNew(visitor, "Ada");
    await mail.close();
    const next = await inviteOnPage(page, tenant, newEmail(), server.url);
    const copied = await next.getByLabel("Invitation link").inputValue();
    await expect(next.getByRole("note")).toContainText(
      "The e-mail could not be sent: the mail server could not be reached. Copy the link instead.",
    );
    await expect.poll(() => server.lines.join("\n")).toContain("/invitations/[redacted]");
    for (const secret of [link, copied].map((address) => address.slice(-43))) {
      expect(server.lines.join("\n")).not.toContain(secret);
    }
  } finally {
    await server.stop();
  }
});

for (const look of [
  { width: 320, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const) {
  test.describe(`${look.width} px, ${look.colorScheme}`, () => {
    test.use({ viewport: { width: look.width, height: 800 }, colorScheme: look.colorScheme });

    test("the pages and dialogs of an invitation have no serious accessibility finding", async ({
      page,
      tenant,
      signInAs,
    }) => {
      test.setTimeout(60_000);
      const expectAccessibleLayout = async () => {
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      };
      const [ours, theirs] = [await invite(tenant), await invite(tenant)];
      await page.goto(pathOf(ours));
      await expectAccessibleLayout();
      await acceptAsNew(page, "Ada");
      await expectAccessibleLayout();
      await page.goto(pathOf(ours));
      await expectAccessibleLayout();
      await signInAs(tenant.organizationAdmin);
      await page.goto(pathOf(theirs));
      await expectAccessibleLayout();
      const dialog = await inviteOnPage(page, tenant, newEmail());
      await expectAccessibleLayout();
      await dialog.getByRole("button", { name: "Done" }).click();
      await expectAccessibleLayout();
      await page.getByRole("button", { name: "Invite Member" }).click();
      await expectAccessibleLayout();
    });
  });
}
