import { message } from "./support/access-tokens";
import { expectAccessible, expectAccessibleInEachLook } from "./support/accessibility";
import { deleteWebhooks, insertWebhook, isSignedWith, pauseWebhooks, receiverOf } from "./support/notifications";
import { expect, test } from "./support/test";

test("an admin adds a webhook, copies its secret once, tests, resumes and removes it", async ({
  page,
  context,
  tenant,
  signInAs,
}) => {
  // A whole journey, with axe in each state.
  test.slow();
  const receiver = await receiverOf({ status: 202, body: "queued" });
  const host = `127.0.0.1:${receiver.port}`;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}/settings`);
  const section = page.getByRole("region", { name: "Notifications" });
  await expect(section.getByRole("heading", { name: "No webhooks yet" })).toBeVisible();
  await expectAccessible(page);

  await section.getByRole("button", { name: "Add Webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "Add Webhook" });
  const events = dialog.getByRole("group", { name: "Events" }).getByRole("checkbox");
  await dialog.getByLabel("URL").fill("http://chat.example.com/hook");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByLabel("URL")).toHaveAccessibleDescription(/Use https: over http the messages could be read/);
  await expect(dialog.getByLabel("URL")).toHaveValue("http://chat.example.com/hook");
  await dialog.getByLabel("URL").fill(receiver.url);
  await expect(events).toHaveCount(9);
  for (const event of await events.all()) await event.uncheck();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("Choose at least one event.")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("checkbox", { name: "access_token.leaked" }).check();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  const reveal = page.getByRole("dialog", { name: "Webhook Added" });
  const secret = await reveal.getByLabel("Signing Secret").inputValue();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await expectAccessible(page);
  await reveal.getByRole("button", { name: "Done" }).click();
  await page.getByRole("dialog", { name: "Close without copying?" }).getByRole("button", { name: "Go back" }).click();
  await reveal.getByRole("button", { name: "Copy" }).click();
  await expect(reveal.getByRole("button", { name: "Copied" })).toBeVisible();
  await reveal.getByRole("button", { name: "Done" }).click();
  await expect(message(page)).toHaveText(`The webhook at ${host} was added.`);
  expect(await page.content()).not.toContain(secret);

  const row = section.getByRole("row", { name: host });
  await expect(row).toContainText("Access token was revoked as leaked");
  await expect(row).toContainText("None yet");
  await row.getByRole("button", { name: "Send test" }).click();
  await expect(message(page)).toHaveText("The test message was delivered: 202 queued");
  await expect(row).toContainText(/Delivered\s*Test message.*202 queued/);
  expect(receiver.received.map((received) => isSignedWith(secret, received))).toEqual([true]);
  receiver.answerWith({ status: 404, body: "no such hook" });
  await row.getByRole("button", { name: "Send test" }).click();
  await expect(message(page)).toHaveText("The test message was not delivered: 404 no such hook");
  await expect(row).toContainText(/Failed\s*Test message.*404 no such hook/);

  await pauseWebhooks(tenant.group);
  await page.goto("/groups");
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention.getByRole("heading", { name: "Webhooks that are paused" })).toBeVisible();
  await attention.getByRole("link", { name: host }).click();
  await expect(row).toContainText("Paused");
  await expectAccessibleInEachLook(page);
  await row.getByRole("button", { name: "Resume" }).click();
  await expect(message(page)).toHaveText(`The webhook at ${host} gets messages again.`);
  await expect(row).toContainText("Active");

  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
  await expect(message(page)).toHaveText(`The webhook at ${host} was removed.`);
  await expect(section.getByRole("heading", { name: "No webhooks yet" })).toBeVisible();
  await receiver.close();
});

test("an organization admin turns e-mails off and on, and is told that no mail server is set", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.organizationAdmin);
  await page.goto(`/organizations/${tenant.organization.id}/settings`);
  const checkbox = page.getByRole("checkbox", { name: "E-mail to admins" });
  await expect(checkbox).toBeChecked();
  await expect(checkbox).toHaveAccessibleDescription(/No mail server is set/);
  await checkbox.uncheck();
  await expect(message(page)).toHaveText("Admins get no e-mails.");
  await page.reload();
  await expect(checkbox).not.toBeChecked();
  await checkbox.check();
  await expect(message(page)).toHaveText("Admins get e-mails.");
  await page.goto(`/organizations/${tenant.organization.id}/audit-log`);
  await expect(page.getByRole("row", { name: /Changed notifications/ })).toHaveCount(2);
});

test("a webhook that somebody removed meanwhile is said to be gone", async ({ page, tenant, signInAs }) => {
  const receiver = await receiverOf();
  await insertWebhook(tenant, receiver.url);
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}/settings`);
  const row = page.getByRole("table", { name: "Webhooks" }).getByRole("row", { name: "127.0.0.1" });
  await deleteWebhooks(tenant.group);
  await row.getByRole("button", { name: "Send test" }).click();
  await expect(row.getByRole("alert")).toHaveText("This webhook was not found.");
  await receiver.close();
});
